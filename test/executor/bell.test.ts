import { expect, test } from 'vitest'

import { createBell } from '../../src/executor/bell.ts'

/** Long enough to fail the test by its own time limit. */
const forever = 1e8

test('a ring wakes who waits', async () => {
  const bell = createBell()
  const waiting = bell.wait(forever)
  bell.ring()
  expect(await waiting).toBe(true)
})

test('rings while nobody waits are kept as one', async () => {
  const bell = createBell()
  bell.ring()
  bell.ring()
  expect(await bell.wait(forever)).toBe(true)
  expect(await bell.wait(0)).toBe(false)
})

test('without a ring the wait ends by itself', async () => {
  expect(await createBell().wait(1)).toBe(false)
})

test('a signal ends the wait, and one that has fired before lets none begin', async () => {
  const bell = createBell()
  const stop = new AbortController()
  const waiting = bell.wait(forever, stop.signal)
  stop.abort()
  expect(await waiting).toBe(false)
  expect(await bell.wait(forever, stop.signal)).toBe(false)
  bell.ring()
  expect(await bell.wait(forever, stop.signal)).toBe(true)
})

test('waiting many times leaves no listener behind on the signal', async () => {
  const bell = createBell()
  const { signal } = new AbortController()
  let listeners = 0
  const counting = {
    aborted: false,
    addEventListener: (...args: Parameters<AbortSignal['addEventListener']>) => {
      listeners += 1
      signal.addEventListener(...args)
    },
    removeEventListener: (...args: Parameters<AbortSignal['removeEventListener']>) => {
      listeners -= 1
      signal.removeEventListener(...args)
    },
  } as unknown as AbortSignal
  for (let i = 0; i < 20; i += 1) {
    const waiting = bell.wait(forever, counting)
    bell.ring()
    await waiting
  }
  expect(listeners).toBe(0)
})
