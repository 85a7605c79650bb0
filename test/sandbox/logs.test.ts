import { describe, expect, test } from 'vitest'

import type { SandboxLogLine } from '../../src/sandbox/sandbox.ts'
import { job, useSandbox } from './jobs.ts'

describe('logs', () => {
  const sandbox = useSandbox({ hosts: 1 })

  test('are kept with level, text and fields, and passed on as they are written', async () => {
    const live: SandboxLogLine[] = []
    const source = `export default () => {
      console.log('a', 1, { b: [2] })
      console.error(new Error('bad').message)
      sdk.log.warn('slow', { ms: 12 })
    }`
    const { logs, logsTruncated } = await sandbox.it.run(job(source), {
      onLogs: (lines) => live.push(...lines),
    })
    expect(logs.map(({ level, message, fields }) => [level, message, fields])).toEqual([
      ['info', 'a 1 {"b":[2]}', undefined],
      ['error', 'bad', undefined],
      ['warn', 'slow', { ms: 12 }],
    ])
    expect(logsTruncated).toBe(false)
    expect(live).toEqual(logs)
  })

  test.for([
    ['lines', 'for (let i = 0; i < 1e5; i += 1) console.log(i)', { logLines: 10 }, 11],
    ['bytes', 'for (let i = 0; i < 1e5; i += 1) console.log("12345678")', { logBytes: 100 }, 14],
    ['one line', 'console.log("x".repeat(1e7))', { logBytes: 100 }, 2],
    ['bytes that are not ASCII', 'console.log("ä".repeat(80))', { logBytes: 100 }, 2],
  ] as const)('are cut at the limit of %s, with a mark', async ([, code, limits, length]) => {
    const { logs, logsTruncated, status } = await sandbox.it.run(
      job(`export default () => { ${code} }`, { limits }),
    )
    expect([status, logsTruncated, logs.length]).toEqual(['completed', true, length])
    expect(logs.at(-1)?.message).toMatch(/^The log was cut here/)
    const bytes = logs.slice(0, -1).reduce((sum, line) => sum + Buffer.byteLength(line.message), 0)
    expect(bytes).toBeLessThanOrEqual('logBytes' in limits ? limits.logBytes + 2 : 1000)
  })

  test('of a run that is killed are kept', async () => {
    const source = 'export default () => { console.log("before"); for (;;); }'
    const { status, logs } = await sandbox.it.run(job(source, { limits: { wallMs: 200 } }))
    expect([status, logs[0]?.message]).toEqual(['timeout', 'before'])
  })

  test('fields that are circular or too deep leave the line', async () => {
    const source = `export default () => {
      const cycle = {}; cycle.cycle = cycle
      sdk.log.info('cycle', cycle)
      let deep = {}; for (let i = 0; i < 100; i += 1) deep = { deep }
      sdk.log.info('deep', deep)
    }`
    const { logs } = await sandbox.it.run(job(source))
    expect(logs.map(({ message, fields }) => [message, fields])).toEqual([
      ['cycle', { cycle: '[circular]' }],
      ['deep', undefined],
    ])
  })
})
