import { expect, test } from 'vitest'

import { createSlotShares } from '../../src/executor/slot-shares.ts'

test.each([
  [1, 1],
  [2, 1],
  [3, 2],
  [4, 3],
  [7, 6],
  [8, 6],
  [64, 48],
])('of %i slots a tenant may hold %i', (slots, most) => {
  expect(createSlotShares(slots, () => {}).most).toBe(most)
})

test('counts what each tenant holds, and forgets who holds none', () => {
  const { held, take, release } = createSlotShares(8, () => {})
  take('a')
  take('a')
  take('b')
  expect([...held]).toEqual([
    ['a', 2],
    ['b', 1],
  ])
  release('b')
  expect([...held]).toEqual([['a', 2]])
})

test('tells when a tenant that held its most may take more, and not before', () => {
  let reopened = 0
  const { take, release } = createSlotShares(4, () => {
    reopened += 1
  })
  for (let slot = 0; slot < 3; slot += 1) take('full')
  take('other')
  release('other')
  expect(reopened).toBe(0)
  release('full')
  expect(reopened).toBe(1)
  release('full')
  expect(reopened).toBe(1)
})

test('slots that a full tenant may not have do not count as room worth a claim', () => {
  const { take, release, keptFree } = createSlotShares(8, () => {})
  expect(keptFree()).toBe(0)
  for (let slot = 0; slot < 5; slot += 1) take('busy')
  expect(keptFree()).toBe(2)
  release('busy')
  expect(keptFree()).toBe(0)
})
