import { expect, test } from 'vitest'

import { createLargeBodies } from '../../../src/bindings/http/large-bodies.ts'
import { until } from '../../support/until.ts'
import { givenHttp } from './given-http.ts'
import { listenHttp } from './listeners.ts'

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

test('a large answer keeps its place until it has left for the sandbox', async () => {
  const server = await listenHttp((_request, response) => void response.end(Buffer.alloc(400_000)))
  const url = `http://127.0.0.1:${server.port}/`
  const { promise: taken, resolve: take } = Promise.withResolvers<void>()
  const http = givenHttp({ permitted: `127.0.0.1:${server.port}`, taken })
  const answers = Array.from({ length: 5 }, () => http.call(url))
  // Four are here; the fifth has no place, though nothing is being read any more.
  const answered = async () => (await settled(answers)).filter(Boolean).length
  await until(async () => (await answered()) === 4 && server.requests.length === 5)
  expect(await answered()).toBe(4)
  take()
  await Promise.all(answers)
})
