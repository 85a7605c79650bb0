import { describe, expect, test } from 'vitest'

import { createDemand } from '../../src/sandbox/demand.ts'
import type { StartFigures } from '../../src/sandbox/sandbox.ts'
import { allReady, job, pids, until, useSandbox } from './jobs.ts'

const answers = 'export default () => 1'

describe('the pool', () => {
  const starts: StartFigures[] = []
  const sandbox = useSandbox({ hosts: 1, runsPerHost: 4, onStarted: (start) => starts.push(start) })
  const warm = () => sandbox.it.stats().hosts[0]?.isolates.warm ?? 0

  test('tells of each run what isolate it got, and how long it took', async () => {
    for (const _ of [1, 2]) await sandbox.it.run(job(answers, { tenantId: 'first' }))
    expect(starts[0]?.warmth).not.toBe('warm')
    expect(starts[1]?.warmth).toBe('warm')
    for (const { waitMs, startMs } of starts) {
      expect(waitMs).toBeGreaterThanOrEqual(0)
      expect(startMs).toBeGreaterThan(0)
    }
  })

  test("a tenant with many warm isolates does not push out another's", async () => {
    await sandbox.it.run(job(answers, { tenantId: 'small' }))
    const waits = 'export default () => new Promise((resolve) => setTimeout(resolve, 100))'
    const many = Array.from({ length: 4 }, () => sandbox.it.run(job(waits, { tenantId: 'large' })))
    await Promise.all(many)
    await until(() => warm() <= 4)
    starts.length = 0
    await sandbox.it.run(job(answers, { tenantId: 'small' }))
    expect(starts.map(({ warmth }) => warmth)).toEqual(['warm'])
  })

  test('makes ready, ahead, the kind that was asked for of late', async () => {
    const kind = { limits: { memoryMb: 96 }, isolation: 'isolate' } as const
    for (let i = 0; i < 3; i += 1) await sandbox.it.run(job(answers, { tenantId: 'other', ...kind }))
    await until(() => (sandbox.it.stats().hosts[0]?.isolates.spare ?? 0) > 0)
    const isSpare = async () => {
      starts.length = 0
      await sandbox.it.run(job(answers, { tenantId: 'other', ...kind }))
      return starts[0]?.warmth === 'spare'
    }
    for (let tries = 0; !(await isSpare()); tries += 1) expect(tries).toBeLessThan(50)
  })
})

describe('a host that has made many isolates', () => {
  const starts: StartFigures[] = []
  const sandbox = useSandbox({
    hosts: 1,
    runsPerHost: 2,
    retireAfter: { isolates: 12, ms: 1e9 },
    onStarted: (start) => starts.push(start),
  })

  test('makes way for a new one, warm for the same tenant, without a gap', async () => {
    const [before] = pids(sandbox.it)
    const run = (isolation: 'realm' | 'isolate') => sandbox.it.run(job(answers, { isolation }))
    const deadline = performance.now() + 30_000
    let withoutHost = 0
    // The last of these is of the kind that must be warm.
    while (sandbox.it.stats().hosts.some(({ pid }) => pid === before)) {
      if (performance.now() > deadline) throw new Error('it did not retire')
      const { hosts } = sandbox.it.stats()
      if (!hosts.some(({ state }) => state === 'ready')) withoutHost += 1
      for (const isolation of ['isolate', 'realm'] as const) {
        expect((await run(isolation)).status).toBe('completed')
      }
    }
    expect(withoutHost).toBe(0)
    expect(sandbox.events).toContainEqual(expect.objectContaining({ type: 'host_retiring', pid: before }))
    expect(sandbox.events).toContainEqual(
      expect.objectContaining({ type: 'host_exited', pid: before, reason: 'recycled', runsLost: 0 }),
    )
    await until(allReady(sandbox.it, 1))
  })
})

describe('under pressure', () => {
  const sandbox = useSandbox({ hosts: 1, runsPerHost: 1, maxQueued: 4 })
  const waits = 'export default () => new Promise(() => {})'

  test('runs wait, then are refused, and who waits with most makes room for who waits with less', async () => {
    const abort = new AbortController()
    const { signal } = abort
    const order: string[] = []
    const busy = sandbox.it.run(job(waits, { tenantId: 'large' }), { signal })
    const queued = (tenantId: string) =>
      sandbox.it.run(job(answers, { tenantId }), { onStart: () => order.push(tenantId) })
    const large = Array.from({ length: 4 }, () => queued('large'))
    expect((await queued('large')).error?.code).toBe('refused')
    const small = queued('small')
    expect((await large[3])?.status).toBe('refused')
    expect(sandbox.it.stats().queued).toBe(4)
    abort.abort()
    expect((await busy).status).toBe('cancelled')
    expect((await small).status).toBe('completed')
    for (const run of large.slice(0, 3)) expect((await run).status).toBe('completed')
    expect(order.indexOf('small')).toBeLessThan(2)
  })

  test('a run that may wait only so long is refused then', async () => {
    const abort = new AbortController()
    const busy = sandbox.it.run(job(waits), { signal: abort.signal })
    const late = await sandbox.it.run({ ...job(answers), maxWaitMs: 20 })
    expect([late.status, late.error?.code, late.error?.retryable]).toEqual(['refused', 'refused', true])
    abort.abort()
    await busy
  })
})

test('demand fades by half in twenty seconds, and is forgotten in the end', () => {
  let now = 0
  const demand = createDemand<string>(
    (kind) => kind,
    () => now,
  )
  for (const kind of ['often', 'often', 'often', 'seldom']) demand.ask(kind)
  now = 20_000
  expect(demand.wanted()).toEqual([
    { kind: 'often', weight: 1.5 },
    { kind: 'seldom', weight: 0.5 },
  ])
  now = 100_000
  expect(demand.wanted()).toEqual([])
})
