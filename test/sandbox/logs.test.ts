import { describe, expect, test } from 'vitest'

import type { SandboxLogLine } from '../../src/sandbox/sandbox.ts'
import { isolations, job, useSandbox } from './jobs.ts'

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
      ['info', 'a 1 { b: [ 2 ] }', undefined],
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

  test('fields that are circular or too deep are kept but for what is', async () => {
    const source = `export default () => {
      const cycle = {}; cycle.cycle = cycle
      sdk.log.info('cycle', cycle)
      let deep = {}; for (let i = 0; i < 100; i += 1) deep = { deep }
      sdk.log.info('deep', deep)
    }`
    const { logs } = await sandbox.it.run(job(source))
    expect(JSON.stringify(logs[1]?.fields)).toBe(`${'{"deep":'.repeat(32)}"[too deep]"${'}'.repeat(32)}`)
    expect(logs.map(({ message, fields }) => [message, fields])).toEqual([
      ['cycle', { cycle: '[circular]' }],
      ['deep', expect.any(Object)],
    ])
  })
})

describe.each(isolations)('the console with isolation %s', (isolation) => {
  const sandbox = useSandbox({ hosts: 1 })
  const lines = async (body: string) => {
    const { logs, error } = await sandbox.it.run(job(`export default () => { ${body} }`, { isolation }))
    expect(error).toBeNull()
    return logs.map(({ level, message }) => `${level} ${message}`)
  }

  test('fills in texts, and leaves alone what is none', async () => {
    const body = `console.log('%s of %d%%, %i %f %j|%o%c.', 'one', '20', '7.9', '1.5x', { a: 1 }, [2], 'color: red', 'more')
      console.log('%s %d', 'only'); console.log('100%', 5); console.log('%s'); console.log('%d %d', 5n, {}); console.log('%x', 1)`
    expect(await lines(body)).toEqual([
      `info one of 20%, 7 1.5 {"a":1}|${isolation === 'realm' ? '[ 2 ]' : '[2]'}. more`,
      'info only %d',
      'info 100% 5',
      'info %s',
      'info 5n NaN',
      'info %x 1',
    ])
  })

  test('counts, measures and groups', async () => {
    const body = `console.count(); console.count('a'); console.count(); console.countReset(); console.count()
      console.time('t'); console.timeLog('t', 'so far'); console.timeEnd('t'); console.timeEnd('t'); console.timeEnd('none')
      console.group(); console.groupCollapsed('inner'); console.groupEnd(); console.clear(); console.dir({ a: 1 }, { depth: 0 })`
    expect((await lines(body)).map((line) => line.replace(/\d+ ms/, 'N ms'))).toEqual([
      'info default: 1',
      'info a: 1',
      'info default: 2',
      'info default: 1',
      'info t: N ms so far',
      'info t: N ms',
      ...(isolation === 'realm' ? ['info   inner', 'info   { a: 1 }'] : ['info inner', 'info {"a":1}']),
    ])
  })

  test('shows errors by their present name, with their causes and without our frames', async () => {
    const body = `class Lost extends Error { constructor(...given) { super(...given); this.name = 'Lost' } }
      console.error(new Lost('the order', { cause: new TypeError('why') }))
      console.log(new Error('before').stack, 'after')`
    const [first = '', second = ''] = await lines(body)
    const shown =
      isolation === 'realm'
        ? /^error Lost: the order\n {4}at .*hello\.js:.*\{\n {2}\[cause\]: TypeError: why\n {6}at .*\n\}$/s
        : /^error Lost: the order\n {4}at .*hello\.js:.*\nCaused by: TypeError: why\n {4}at /
    expect(first).toMatch(shown)
    expect(second).toMatch(/^info Error: before\n.*hello\.js:.* after$/s)
    expect(first + second).not.toMatch(/pgscript:guest/)
  })

  test.for([
    [
      'at once',
      'void Promise.reject(new TypeError("lost")); await new Promise((r) => setTimeout(r, 5)); return 1',
    ],
    [
      'later',
      'void (async () => { await null; throw new TypeError("lost") })(); await new Promise((r) => setTimeout(r, 5)); return 1',
    ],
  ] as const)('names a promise that nobody handled: %s', async ([, body]) => {
    const { logs, output } = await sandbox.it.run(
      job(`export default async () => { ${body} }`, { isolation }),
    )
    expect([output, logs.length, logs[0]?.level]).toEqual(['1', 1, 'error'])
    const [first, ...frames] = logs[0]?.message.split('\n') ?? []
    expect(first).toBe('A promise was rejected and nobody handled it: TypeError: lost')
    expect(frames.join()).toMatch(/hello\.js:1/)
    expect(frames.join()).not.toMatch(/guest|isolated|node:|file:/)
  })

  test('says nothing of a promise that is handled, and of others what they were rejected with', async () => {
    const body = `const late = Promise.reject(new Error('handled')); queueMicrotask(() => late.catch(() => {}))
      void Promise.reject(input); return new Promise((r) => setTimeout(r, 5))`
    for (const [input, shown] of [
      ['text', 'text'],
      [null, 'null'],
      [{ a: 1 }, 'a value that is not an Error.'],
    ]) {
      const { logs } = await sandbox.it.run(
        job(`export default (input) => { ${body} }`, { isolation, input }),
      )
      expect(logs.map(({ message }) => message)).toEqual([
        `A promise was rejected and nobody handled it: ${shown}`,
      ])
    }
  })
})
