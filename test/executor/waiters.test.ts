import { afterEach, expect, test, vi } from 'vitest'

import { createWaiters, type FinishedExecution } from '../../src/executor/waiters.ts'

const forever = 1e8
const result = { id: 'a', status: 'completed', output: '1' } as FinishedExecution

afterEach(() => vi.useRealTimers())

test('everybody who waits for an execution gets its result, and nobody else', async () => {
  const waiters = createWaiters()
  const [first, second, other] = [
    waiters.wait('a', forever),
    waiters.wait('a', forever),
    waiters.wait('b', 20),
  ]
  waiters.finished('a', result)
  expect(await first).toBe(result)
  expect(await second).toBe(result)
  expect(await other).toBeNull()
})

test('a wait ends after its time, or by its signal, before or after it began', async () => {
  const waiters = createWaiters()
  expect(await waiters.wait('a', 1)).toBeNull()
  const stop = new AbortController()
  const waiting = waiters.wait('a', forever, stop.signal)
  stop.abort()
  expect(await waiting).toBeNull()
  expect(await waiters.wait('a', forever, stop.signal)).toBeNull()
})

test('a finish that is heard before the wait begins is not lost', async () => {
  const waiters = createWaiters()
  waiters.finished('a', 'recorded')
  expect(await waiters.wait('a', forever)).toBe('recorded')
})

test('it is given once: who looks again after it waits for the next', async () => {
  const waiters = createWaiters()
  waiters.finished('a', 'recorded')
  await waiters.wait('a', forever)
  expect(await waiters.wait('a', 1)).toBeNull()
})

test('one that nobody comes for is forgotten', async () => {
  vi.useFakeTimers()
  const waiters = createWaiters()
  waiters.finished('a', result)
  vi.advanceTimersByTime(60_000)
  const waiting = waiters.wait('a', 10)
  vi.advanceTimersByTime(10)
  expect(await waiting).toBeNull()
})

test('what the database tells is for the node it names, every id of it', async () => {
  const waiters = createWaiters()
  const waiting = [waiters.wait('a', forever), waiters.wait('b', forever)]
  const other = waiters.wait('c', 20)
  waiters.told('node-2 a b c', 'node-1')
  waiters.told('node-1 a b', 'node-1')
  waiters.told('', 'node-1')
  expect(await Promise.all(waiting)).toEqual(['recorded', 'recorded'])
  expect(await other).toBeNull()
})
