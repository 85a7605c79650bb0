import { expect, test } from 'vitest'

import { createLargeBodies } from '../../../src/bindings/http/large-bodies.ts'

/** Whether each promise has been answered, once all that can be has been. */
async function settled(promises: Promise<unknown>[]): Promise<boolean[]> {
  const states = promises.map(() => false)
  promises.forEach((promise, index) => {
    void promise.then(() => {
      states[index] = true
    })
  })
  await new Promise((resolve) => setImmediate(resolve))
  return states
}

test('one tenant’s large bodies wait for each other, and not for those of others', async () => {
  const bodies = createLargeBodies({ perProcess: 3, perTenant: 2 })
  const { signal } = new AbortController()
  const ours = Array.from({ length: 3 }, () => bodies.forTenant('ours', signal))
  const theirs = Array.from({ length: 2 }, () => bodies.forTenant('theirs', signal))
  const entered = [...ours, ...theirs].map((call) => call.enter())
  expect(await settled(entered)).toEqual([true, true, false, true, false])

  theirs[0]?.leave()
  expect(await settled(entered)).toEqual([true, true, false, true, true])
  ours[0]?.leave()
  expect(await settled(entered)).toEqual([true, true, true, true, true])
})

test('who gives up waiting leaves its place to the next', async () => {
  const bodies = createLargeBodies({ perProcess: 1, perTenant: 1 })
  const impatient = new AbortController()
  const { signal } = new AbortController()
  const first = bodies.forTenant('tenant', signal)
  await first.enter()
  const second = bodies.forTenant('tenant', impatient.signal)
  const third = bodies.forTenant('tenant', signal)
  const waiting = second.enter()
  const entered = third.enter()
  impatient.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  second.leave()
  expect(await settled([entered])).toEqual([false])
  first.leave()
  expect(await settled([entered])).toEqual([true])
})

test('a place that is given after its call has left is given on', async () => {
  const bodies = createLargeBodies({ perProcess: 1, perTenant: 1 })
  const { signal } = new AbortController()
  const [first, late, next] = [0, 1, 2].map(() => bodies.forTenant('tenant', signal))
  await first?.enter()
  const lateEntry = late?.enter()
  late?.leave()
  first?.leave()
  await lateEntry
  const entered = next?.enter()
  expect(await settled([entered ?? Promise.reject()])).toEqual([true])
})
