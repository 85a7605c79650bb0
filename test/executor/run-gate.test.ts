import { afterEach, expect, test, vi } from 'vitest'

import { createRunGate, type RunGate, type RunSlot } from '../../src/executor/run-gate.ts'

const gates: RunGate[] = []
afterEach(() => {
  vi.useRealTimers()
  for (const gate of gates.splice(0)) gate.close()
})

function givenGate(options: Partial<Parameters<typeof createRunGate>[0]> = {}) {
  const { slots = 4 } = options
  const gate = createRunGate({
    slots,
    mostPerTenant: slots,
    hosts: slots,
    capacity: () => slots,
    ...options,
  })
  gates.push(gate)
  const entered: string[] = []
  const refused: string[] = []
  const slotsOf = new Map<string, RunSlot>()
  /** `tenant/run` asks to be let in. */
  const ask = (name: string, signal = new AbortController().signal) => {
    gate.enter(name.split('/')[0] ?? name, signal).then((slot) => {
      if (slot) slotsOf.set(name, slot)
      ;(slot ? entered : refused).push(name)
    })
  }
  const leave = (name: string, ms?: number) => slotsOf.get(name)?.leave(ms)
  return { gate, entered, refused, ask, leave }
}

/** All that has been decided has been told. */
const settled = () => new Promise(setImmediate)

test('lets in as many as there are slots, and the next as one is left', async () => {
  const { gate, entered, ask, leave } = givenGate({ slots: 2 })
  for (const name of ['a/1', 'a/2', 'a/3', 'a/4']) ask(name)
  await settled()
  expect(entered).toEqual(['a/1', 'a/2'])
  expect([gate.running, gate.waiting, gate.free()]).toEqual([2, 2, 0])
  leave('a/1')
  await settled()
  expect(entered).toEqual(['a/1', 'a/2', 'a/3'])
  expect([gate.running, gate.waiting]).toEqual([2, 1])
})

test('no tenant runs in more slots than it may, whoever else there is', async () => {
  const { gate, entered, ask } = givenGate({ slots: 4, mostPerTenant: 3 })
  for (const name of ['a/1', 'a/2', 'a/3', 'a/4']) ask(name)
  await settled()
  expect(entered).toEqual(['a/1', 'a/2', 'a/3'])
  ask('b/1')
  await settled()
  expect(entered).toEqual(['a/1', 'a/2', 'a/3', 'b/1'])
  expect(gate.waiting).toBe(1)
})

test('the tenant with the fewest runs is next, though another has waited longer', async () => {
  const { entered, ask, leave } = givenGate({ slots: 3 })
  for (const name of ['a/1', 'a/2', 'b/1', 'a/3', 'a/4', 'c/1']) ask(name)
  await settled()
  leave('b/1')
  await settled()
  expect(entered.at(-1)).toBe('c/1')
  leave('a/1')
  await settled()
  expect(entered.at(-1)).toBe('a/3')
})

test('one that was stopped, and all when it closes, are not let in', async () => {
  const { gate, entered, refused, ask, leave } = givenGate({ slots: 1 })
  const stop = new AbortController()
  ask('a/1')
  ask('a/2', stop.signal)
  ask('a/3')
  ask('a/4', AbortSignal.abort())
  stop.abort()
  await settled()
  expect(refused.toSorted()).toEqual(['a/2', 'a/4'])
  gate.close()
  ask('a/5')
  await settled()
  expect(refused.toSorted()).toEqual(['a/2', 'a/3', 'a/4', 'a/5'])
  leave('a/1')
  expect(entered).toEqual(['a/1'])
  expect([gate.running, gate.waiting]).toEqual([0, 0])
})

test('one that has waited too long is not let in: another node may have room', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  const { gate, refused, ask } = givenGate({ slots: 1, waitMs: 100 })
  ask('a/1')
  ask('a/2')
  await settled()
  vi.advanceTimersByTime(90)
  await settled()
  expect(refused).toEqual([])
  vi.advanceTimersByTime(60)
  await settled()
  expect(refused).toEqual(['a/2'])
  expect(gate.waiting).toBe(0)
})

test('room that comes back by itself is seen', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  let capacity = 0
  const { entered, ask } = givenGate({ capacity: () => capacity, waitMs: 1_000 })
  ask('a/1')
  await settled()
  expect(entered).toEqual([])
  capacity = 4
  vi.advanceTimersByTime(500)
  await settled()
  expect(entered).toEqual(['a/1'])
})

test('begins a few at a time, and more as these end or are known to take longer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const { entered, ask, leave } = givenGate({ slots: 12, hosts: 1 })
  for (let run = 1; run <= 12; run += 1) ask(`a/${run}`)
  await settled()
  expect(entered).toEqual(['a/1', 'a/2', 'a/3'])
  leave('a/1')
  await settled()
  expect(entered).toHaveLength(4)
  // Nobody leaves.
  vi.advanceTimersByTime(30)
  await settled()
  expect(entered).toHaveLength(7)
})

test('a tenant whose runs have taken long has all of its slots at once', async () => {
  const { entered, ask, leave } = givenGate({ slots: 12, hosts: 1 })
  ask('a/0')
  await settled()
  leave('a/0', 50)
  for (let run = 1; run <= 8; run += 1) ask(`a/${run}`)
  await settled()
  expect(entered).toHaveLength(9)
})
