import { DatabaseError } from 'pg'
import { afterEach, expect, test } from 'vitest'

import type { Database } from '../../src/database/database.ts'
import { createBell } from '../../src/executor/bell.ts'
import type { ClaimedExecution } from '../../src/executor/claim-executions.ts'
import { type ClaimLoopOptions, runClaimLoop } from '../../src/executor/claim-loop.ts'
import { createSlotShares } from '../../src/executor/slot-shares.ts'
import { until } from '../support/until.ts'
import { capturedLog } from '../support/use-node.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

type ClaimValues = [string, number, number, number, string[], number[]]

/** An execution is its tenant's up to the slash; without one it is the only one of its tenant. */
const tenantOf = (id: string) => id.split('/')[0] ?? id

/** What a claim takes out of the queue: in its order, and of no tenant more than there is room for. */
function takeFrom(queue: string[], [, batchSize, , most, holders, held]: ClaimValues): string[] {
  const slots = new Map(holders.map((tenant, index) => [tenant, held[index] ?? 0]))
  const taken: string[] = []
  for (const id of [...queue]) {
    const before = slots.get(tenantOf(id)) ?? 0
    if (taken.length === batchSize || before >= most) continue
    slots.set(tenantOf(id), before + 1)
    taken.push(...queue.splice(queue.indexOf(id), 1))
  }
  return taken
}

/** The loop on a queue that the test fills; `claims` has the number asked for by each claim. */
function givenLoop(
  options: { slots?: number; pollSeconds?: number; dueIn?: number; onClaim?: (count: number) => void } = {},
) {
  const { slots = 10, pollSeconds = 60, dueIn = null, onClaim } = options
  const queue: string[] = []
  const claims: number[] = []
  const started: string[] = []
  const running = new Set<string>()
  const { log, logger } = capturedLog()
  const state = { most: 0, failures: 0 }
  const database = {
    nodeId: 'test',
    pool: {
      query: async (text: string, values: ClaimValues) => {
        if (text.includes('next_due_in')) return { rows: [{ seconds: dueIn }] }
        claims.push(values[1])
        // What is due when the statement begins; what comes meanwhile, it does not see.
        const rows = takeFrom(queue, values).map((id) => ({ id, tenant_id: tenantOf(id) }))
        onClaim?.(claims.length)
        return { rows }
      },
    },
  } as unknown as Database
  const stop = new AbortController()
  const work = createBell()
  const shares = createSlotShares(slots, () => work.ring(), { mostAhead: 0 })
  const loop: ClaimLoopOptions = {
    database,
    logger,
    leaseSeconds: 10,
    pollSeconds: () => pollSeconds,
    shares,
    capacity: () => slots - running.size,
    work,
    freed: createBell(),
    signal: stop.signal,
    start({ id, tenant_id }: ClaimedExecution) {
      started.push(id)
      shares.take(tenant_id)
      running.add(id)
      state.most = Math.max(state.most, running.size)
    },
    failed() {
      state.failures += 1
    },
  }
  const finish = (id: string) => {
    running.delete(id)
    shares.release(tenantOf(id), true)
    loop.freed.ring()
  }
  const run = () => {
    const ended = runClaimLoop(loop)
    stops.push(async () => {
      stop.abort()
      await ended
    })
  }
  return { ...loop, queue, claims, started, running, state, log, finish, run }
}

const names = (count: number) => Array.from({ length: count }, (_, number) => `execution ${number}`)

test('never claims more than there is room for, and goes on as room comes', async () => {
  const loop = givenLoop({ slots: 3 })
  loop.queue.push(...names(20))
  loop.run()
  while (loop.started.length < 20) {
    await until(() => loop.running.size > 0)
    const [first = ''] = loop.running
    loop.finish(first)
  }
  await until(() => loop.started.length === 20)
  expect(loop.state.most).toBe(3)
  expect(Math.max(...loop.claims)).toBe(3)
  expect(new Set(loop.started).size).toBe(20)
})

test('claims after a while though slots go on becoming free, and too few of them to be worth it', async () => {
  const loop = givenLoop({ slots: 40 })
  loop.queue.push(...names(40).map((name) => `${name}/busy`))
  loop.run()
  await until(() => loop.running.size === 40)
  const before = loop.claims.length
  loop.finish('execution 0/busy')
  // As if more came free all the time.
  const ringing = setInterval(() => loop.freed.ring(), 0)
  try {
    loop.queue.push('quiet/one')
    await until(() => loop.started.includes('quiet/one'))
  } finally {
    clearInterval(ringing)
  }
  expect(loop.claims.slice(before)[0]).toBe(1)
})

test('claims nothing while there is no room', async () => {
  const loop = givenLoop({ slots: 2 })
  loop.queue.push(...names(5))
  loop.run()
  await until(() => loop.running.size === 2)
  const before = loop.claims.length
  for (let i = 0; i < 10; i += 1) {
    loop.work.ring()
    await new Promise(setImmediate)
  }
  expect(loop.claims.length).toBe(before)
  loop.finish('execution 0')
  await until(() => loop.started.includes('execution 2'))
})

test('leaves a part of its slots to other tenants, and asks no more often for one that has its share', async () => {
  const loop = givenLoop({ slots: 8, pollSeconds: 60 })
  loop.queue.push(...names(20).map((name) => `busy/${name}`))
  loop.run()
  // Asleep: the next claim without a ring is a second away.
  await until(() => loop.claims.length >= 8)
  const asleep = loop.claims.length
  await new Promise(setImmediate)
  expect(loop.claims.length - asleep).toBeLessThanOrEqual(1)
  expect(loop.running.size).toBe(6)
  loop.queue.push('quiet/one')
  loop.work.ring()
  await until(() => loop.started.includes('quiet/one'))
  expect(loop.running.size).toBe(7)
})

test('is woken by the end of a run whose tenant held its share', async () => {
  const loop = givenLoop({ slots: 4 })
  let rung = 0
  const { wait } = loop.work
  loop.work.wait = async (...args) => {
    const was = await wait(...args)
    if (was) rung += 1
    return was
  }
  loop.queue.push(...names(5).map((name) => `busy/${name}`))
  loop.run()
  await until(() => loop.running.size === 3 && loop.claims.length >= 5)
  expect(rung).toBe(0)
  loop.finish('busy/execution 0')
  await until(() => loop.started.length === 4)
  expect(rung).toBe(1)
})

test('looks once more before it sleeps: what came between claim and sleep is found without a ring', async () => {
  const loop = givenLoop({
    onClaim(count) {
      // Committed while the first claim was under way, when the node was not yet written down as asleep.
      if (count === 1) loop.queue.push('between')
    },
  })
  const claimsBeforeWait: number[] = []
  const { wait } = loop.work
  loop.work.wait = (...args) => {
    claimsBeforeWait.push(loop.claims.length)
    return wait(...args)
  }
  loop.run()
  await until(() => claimsBeforeWait.length > 0)
  expect(loop.started).toEqual(['between'])
  expect(claimsBeforeWait[0]).toBeGreaterThanOrEqual(2)
})

test('sleeps longer and longer while nothing comes, and a ring wakes it', async () => {
  const loop = givenLoop({ pollSeconds: 60 })
  loop.run()
  // 20, 40, 80, 160 ms …: after a dozen claims each pause is more than ten seconds.
  await until(() => loop.claims.length >= 6)
  const asleep = loop.claims.length
  await new Promise(setImmediate)
  expect(loop.claims.length - asleep).toBeLessThanOrEqual(1)
  loop.queue.push('rung for')
  loop.work.ring()
  await until(() => loop.started.length === 1, { within: 5_000 })
})

test('looks every poll interval though nobody rings', async () => {
  const loop = givenLoop({ pollSeconds: 0.05 })
  loop.run()
  await until(() => loop.claims.length >= 12)
  loop.queue.push('not rung for')
  await until(() => loop.started.length === 1, { within: 5_000 })
})

test('is awake when what was put off becomes due, though the poll interval is long', async () => {
  const loop = givenLoop({ pollSeconds: 60, dueIn: 0.05 })
  loop.run()
  // Without it, the tenth claim would come after ten seconds.
  await until(() => loop.claims.length >= 14, { within: 8_000 })
})

test('a claim that fails is told and tried again, not at once', async () => {
  const loop = givenLoop({ pollSeconds: 0.05 })
  const { query } = loop.database.pool
  let failing = true
  Object.assign(loop.database.pool, {
    query: (...args: Parameters<typeof query>) =>
      failing ? Promise.reject(new Error('Connection terminated unexpectedly')) : query(...args),
  })
  loop.queue.push('after the failure')
  loop.run()
  await until(() => loop.state.failures >= 3)
  expect(loop.log.every(({ level, msg }) => level === 'warn' && msg === 'claiming failed')).toBe(true)
  failing = false
  await until(() => loop.started.length === 1, { within: 5_000 })
})

test('a failure that is not the connection is an error in the log', async () => {
  const loop = givenLoop()
  Object.assign(loop.database.pool, {
    query: () =>
      Promise.reject(Object.assign(new DatabaseError('no function', 0, 'error'), { code: '42883' })),
  })
  loop.run()
  await until(() => loop.log.some(({ level }) => level === 'error'))
})

test('ends at once when it is told to, asleep or without room', async () => {
  const asleep = givenLoop()
  asleep.run()
  await until(() => asleep.claims.length >= 6)
  const full = givenLoop({ slots: 1 })
  full.queue.push(...names(2))
  full.run()
  await until(() => full.running.size === 1)
  const ended = Promise.all(stops.splice(0).map((stop) => stop()))
  await expect(ended).resolves.toBeDefined()
  expect(full.started).toEqual(['execution 0'])
})
