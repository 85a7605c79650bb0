import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'

import { createSandbox } from '../../src/sandbox/sandbox.ts'
import { allReady, isAlive, job, pids, until, useSandbox } from './jobs.ts'

const waits = 'export default () => new Promise(() => {})'

describe('sandbox hosts', () => {
  const sandbox = useSandbox()

  test('one killed from outside loses its runs and is replaced; the other goes on', async () => {
    await until(allReady(sandbox.it, 2))
    const started: number[] = []
    const runs = Array.from({ length: 4 }, () =>
      sandbox.it.run(job(waits, { limits: { wallMs: 3000 } }), { onStart: () => started.push(1) }),
    )
    await until(() => started.length === 4)
    const [victim = 0, survivor = 0] = pids(sandbox.it)
    process.kill(victim, 'SIGKILL')

    const statuses = (await Promise.all(runs)).map((result) => result.status).sort()
    expect(statuses).toEqual(['lost', 'lost', 'timeout', 'timeout'])
    await until(allReady(sandbox.it, 2))
    expect(pids(sandbox.it)).toContain(survivor)
    expect(pids(sandbox.it)).not.toContain(victim)
    expect((await sandbox.it.run(job('export default () => 1'))).output).toBe('1')
    expect(sandbox.events).toContainEqual(
      expect.objectContaining({ type: 'host_exited', pid: victim, runsLost: 2 }),
    )
  })

  test.for([
    ['waits', waits],
    ['loops', 'export default () => { for (;;); }'],
    ['loops in microtasks', 'export default async () => { for (;;) await null }'],
  ])('a run that %s is cancelled within a second', async ([, source = '']) => {
    const abort = new AbortController()
    let cancelledAt = 0
    const result = await sandbox.it.run(job(source), {
      signal: abort.signal,
      onStart: () => {
        cancelledAt = performance.now()
        abort.abort()
      },
    })
    expect([result.status, result.error?.code]).toEqual(['cancelled', 'cancelled'])
    expect(performance.now() - cancelledAt).toBeLessThan(1000)
  })

  test('a run that waits for a slot is cancelled at once, and one before it began', async () => {
    const abort = new AbortController()
    const busy = Array.from({ length: 8 }, () => sandbox.it.run(job(waits), { signal: abort.signal }))
    const own = new AbortController()
    const queued = sandbox.it.run(job(waits), { signal: own.signal })
    own.abort()
    expect((await queued).status).toBe('cancelled')
    abort.abort()
    for (const run of busy) expect((await run).status).toBe('cancelled')
    expect((await sandbox.it.run(job(waits), { signal: AbortSignal.abort() })).status).toBe('cancelled')
  })

  test('do not end by the signals that a terminal or a supervisor sends to all', async () => {
    await until(allReady(sandbox.it, pids(sandbox.it).length))
    const started = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<string>()
    const run = sandbox.it.run(job('export default () => sdk.cache.get("k")'), {
      onStart: () => started.resolve(),
      onCall: () => asked.promise,
    })
    await started.promise
    const hosts = pids(sandbox.it)
    for (const host of hosts)
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(host, signal)
    asked.resolve('1')
    expect((await run).output).toBe('1')
    expect(pids(sandbox.it)).toEqual(hosts)
  })

  test('have an empty environment and say which walls stand', () => {
    const walls = sandbox.it.walls()
    expect(walls.find((wall) => wall.name === 'process')?.stands).toBe(true)
    expect(walls.every((wall) => wall.note !== '')).toBe(true)
  })
})

describe('closing', () => {
  test('leaves no process, and its runs are lost', async () => {
    const sandbox = await createSandbox({ hosts: 2, runsPerHost: 2, hostMemoryMb: 512 })
    await until(allReady(sandbox, 2))
    const hosts = pids(sandbox)
    const run = sandbox.run(job('export default () => { for (;;); }'))
    await sandbox.close()
    expect((await run).status).toBe('lost')
    expect(hosts.filter(isAlive)).toEqual([])
    expect((await sandbox.run(job('export default () => 1'))).status).toBe('lost')
  })

  test('closing while hosts start leaves none either', async () => {
    const sandbox = await createSandbox({ hosts: 3, runsPerHost: 1, hostMemoryMb: 512 })
    const hosts = pids(sandbox)
    await sandbox.close()
    expect(hosts.length).toBeGreaterThan(0)
    expect(hosts.filter(isAlive)).toEqual([])
  })

  test.for(['SIGKILL', 'SIGTERM'] as const)(
    'a node that ends by %s leaves no host behind',
    async (signal) => {
      const program = `
      const { createSandbox } = await import(${JSON.stringify(new URL('../../src/sandbox/sandbox.ts', import.meta.url).href)})
      const sandbox = await createSandbox({ hosts: 1, runsPerHost: 1, hostMemoryMb: 512 })
      sandbox.run(${JSON.stringify(job('export default () => { for (;;); }'))}, {
        onStart: () => console.log(sandbox.stats().hosts[0].pid)
      })`
      const node = spawn(process.execPath, ['--input-type=module', '--eval', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const [said] = await once(node.stdout, 'data')
      const host = Number(String(said))
      expect(isAlive(host)).toBe(true)
      node.kill(signal)
      await until(() => !isAlive(host))
    },
  )
})
