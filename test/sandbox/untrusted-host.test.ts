import { spawn } from 'node:child_process'
import { afterEach, describe, expect, test } from 'vitest'

import { encodeFrame } from '../../src/sandbox/channel.ts'
import { ActiveRun } from '../../src/sandbox/parent/active-run.ts'
import { HostProcess } from '../../src/sandbox/parent/host-process.ts'
import type { SandboxResult } from '../../src/sandbox/sandbox.ts'
import { job, until } from './jobs.ts'

/** A host that an attacker owns: it writes these bytes to the channel, and stays. */
function hostSaying(bytes: Buffer) {
  const program = `
    process.stdin.pipe(require('node:fs').createWriteStream('', { fd: 3 }))
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--eval', program], {
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
  })
  child.stdin?.on('error', () => undefined)
  child.stdin?.write(bytes)
  const heard: string[] = []
  const host = new HostProcess(child, {
    ready: () => heard.push('ready'),
    started: () => heard.push('started'),
    exited: (_host, reason) => heard.push(`exited: ${reason}`),
    done: () => heard.push('done'),
    stale: (key) => heard.push(`stale: ${key}`),
  })
  return { host, heard }
}

const frames = (...messages: string[][]) => Buffer.concat(messages.map((parts) => encodeFrame(parts)))

describe('a host that lies', () => {
  const hosts: HostProcess[] = []
  afterEach(() => {
    for (const host of hosts.splice(0)) host.kill('the test is over')
  })

  async function resultFrom(...messages: string[][]): Promise<SandboxResult> {
    const { host } = hostSaying(frames(['ready'], ...messages))
    hosts.push(host)
    return await new Promise((resolve) => {
      host.start(new ActiveRun('1', job('export default () => 1'), {}, resolve))
    })
  }

  test.for([
    ['bytes without sense', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a frame beyond the limit', Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 1])],
    ['parts that overlap', Buffer.from([0, 0, 0, 6, 0, 1, 0xff, 0xff, 0xff, 0xff])],
  ] as const)('is killed for %s', async ([, bytes]) => {
    const { host, heard } = hostSaying(bytes)
    hosts.push(host)
    await until(() => heard.some((entry) => entry.startsWith('exited')))
    expect(heard).toHaveLength(1)
    expect(host.state).toBe('dead')
  })

  test('about runs that it was not given is not heard', async () => {
    const result = await resultFrom(
      ['done', '2', 'completed', '1', '{}', 'clean'],
      ['log', '', 'info', '0', 'x', ''],
      ['nonsense', '1'],
      ['done', '1', 'completed', '"mine"', '{}', 'clean'],
      ['done', '1', 'completed', '"twice"', '{}', 'clean'],
    )
    expect([result.status, result.output]).toEqual(['completed', '"mine"'])
  })

  test('about an error gives bounded text', async () => {
    const claim = {
      type: 7,
      message: 'm'.repeat(100_000),
      frames: ['x'],
      code: '<script>',
      retryAfterSeconds: -1,
    }
    const { error } = await resultFrom(['done', '1', 'error', JSON.stringify(claim), '[[[', 'clean'])
    expect(error).toMatchObject({ code: 'script_error', type: 'Error', retryable: false })
    expect(error?.message.length).toBeLessThan(5000)
    expect(error).not.toHaveProperty('retryAfterSeconds')
  })

  test.for([
    ['brackets', '['.repeat(200_000)],
    ['a list', '[1,2]'],
    ['no JSON', 'undefined'],
  ])('about an error with %s in place of its record still ends the run', async ([, payload = '']) => {
    const { status, error } = await resultFrom(['done', '1', 'error', payload, '{}', 'clean'])
    expect([status, error?.code]).toEqual(['failed', 'script_error'])
  })

  test('about its figures and logs is cut to the limits', async () => {
    const flood = Array.from({ length: 5000 }, () => ['log', '1', 'loud', 'NaN', 'x'.repeat(10), '{"a":'])
    const metrics = '{"durationMs":-1,"cpuMs":"much","peakHeapBytes":1e999}'
    const result = await resultFrom(
      ...flood,
      ['figures', '[[1,2],null,["1",-5,"a"]]', '{"running":"x"}'],
      ['done', '1', 'completed', 'x'.repeat(2_000_000), metrics, 'clean'],
    )
    expect([result.status, result.error?.code, result.logsTruncated]).toEqual([
      'failed',
      'output_limit',
      true,
    ])
    expect(result.logs).toHaveLength(101)
    expect(result.logs[0]).toEqual({ level: 'info', at: 0, message: 'x'.repeat(10) })
    expect(result.metrics).toMatchObject({ cpuMs: 0, peakHeapBytes: 0 })
  })

  test('with more calls than allowed gets refusals', async () => {
    let asked = 0
    const hooks = {
      onCall: async () => {
        asked += 1
        return '1'
      },
    }
    const calls = Array.from({ length: 200 }, () => ['call', '1', '1', 'db.query', '[]'])
    const { host } = hostSaying(frames(...calls, ['done', '1', 'completed', '1', '{}', 'clean']))
    hosts.push(host)
    const result = await new Promise<SandboxResult>((resolve) => {
      host.start(new ActiveRun('1', job('export default () => 1'), hooks, resolve))
    })
    expect(result.status).toBe('completed')
    expect(asked).toBe(20)
  })
})
