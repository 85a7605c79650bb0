import { expect, test } from 'vitest'

import { createPaces } from '../../src/executor/pace.ts'
import { createSlotShares } from '../../src/executor/slot-shares.ts'

/** Shares by a clock that the test moves. */
function givenShares(slots: number, mostAhead = 0) {
  const state = { now: 1_000, reopened: 0 }
  const paces = createPaces(() => state.now)
  const shares = createSlotShares(
    slots,
    () => {
      state.reopened += 1
    },
    { mostAhead, paces },
  )
  const take = (tenant: string, count = 1) => {
    for (let taken = 0; taken < count; taken += 1) shares.take(tenant)
  }
  /** That many runs come and go within a millisecond. */
  const runThrough = (tenant: string, count: number) => {
    for (let run = 0; run < count; run += 1) {
      shares.take(tenant)
      state.now += 1 / count
      shares.release(tenant, true)
    }
  }
  return { ...shares, take, runThrough, state }
}

test.each([
  [1, 1],
  [2, 1],
  [3, 2],
  [4, 3],
  [7, 6],
  [8, 6],
  [64, 48],
])('of %i slots a tenant may run in %i', (slots, most) => {
  expect(givenShares(slots).most).toBe(most)
})

test('counts what each tenant holds, and forgets who holds none', () => {
  const { standing, take, release } = givenShares(8)
  take('a', 2)
  take('b')
  expect([...standing()]).toEqual([
    ['a', 2],
    ['b', 1],
  ])
  release('b', true)
  expect([...standing()]).toEqual([['a', 2]])
})

test('tells when a tenant that a claim passed over may take more again, and not before', () => {
  const { take, release, standing, state } = givenShares(4)
  take('full', 3)
  take('other')
  standing()
  release('other', true)
  expect(state.reopened).toBe(0)
  release('full', true)
  expect(state.reopened).toBe(1)
  release('full', true)
  expect(state.reopened).toBe(1)
})

test('slots that a full tenant may not have do not count as room worth a claim', () => {
  const { take, release, enough } = givenShares(8)
  expect(enough()).toBe(2)
  take('busy', 5)
  expect(enough()).toBe(4)
  release('busy', true)
  expect(enough()).toBe(2)
})

test('there is room for the free slots, and for what short runs will have made room for in a moment', () => {
  const { room, runThrough, state } = givenShares(8, 100)
  expect(room(8, 0)).toBe(8)
  expect(room(0, 0)).toBe(0)
  // 40 in 50 ms are more than the six slots of a tenant.
  for (let ms = 0; ms < 500; ms += 10) {
    runThrough('quick', 8)
    state.now += 9
  }
  expect(room(8, 0)).toBeGreaterThan(30)
  expect(room(0, 1_000)).toBe(0)
  state.now += 500
  expect(room(8, 0)).toBe(8)
})

test('runs that end together after a while are no reason to claim more than there are slots', () => {
  const { room, runThrough, state } = givenShares(32, 100)
  for (let burst = 0; burst < 10; burst += 1) {
    runThrough('slow', 24)
    expect(room(32, 0)).toBe(32)
    state.now += 200
  }
})

test('a tenant may hold more than its slots by its own pace, and another one may not', () => {
  const { standing, take, runThrough, most, state } = givenShares(8, 100)
  for (let ms = 0; ms < 500; ms += 1) runThrough('quick', 2)
  take('quick', 6)
  take('slow', 6)
  const told = standing()
  // A hundred in 50 ms: the claim may give it up to most, beyond what it is told.
  expect(most - (told.get('quick') ?? 0)).toBeGreaterThan(80)
  expect(told.get('slow')).toBe(6)
  state.now += 1_000
  expect(standing().get('quick')).toBe(6)
})

test('claims no more ahead than it may, however short the runs, and waits until much of that is gone', () => {
  const { room, runThrough, enough } = givenShares(8, 40)
  for (let ms = 0; ms < 500; ms += 1) runThrough('quick', 20)
  expect(room(8, 0)).toBe(48)
  expect(enough()).toBeGreaterThanOrEqual(20)
})

test('what was given back without having begun says nothing about the pace', () => {
  const { take, release, room, state } = givenShares(8, 100)
  for (let ms = 0; ms < 500; ms += 1) {
    take('stuck', 2)
    state.now += 1
    release('stuck', false)
    release('stuck', false)
  }
  expect(room(8, 0)).toBe(8)
})
