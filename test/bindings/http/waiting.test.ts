import { expect, test } from 'vitest'

import { abortable, Places } from '../../../src/bindings/http/waiting.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('what rejects after its waiter has gone does not end the process', async () => {
  const rejections: unknown[] = []
  const onRejection = (reason: unknown) => rejections.push(reason)
  process.on('unhandledRejection', onRejection)
  const late = Promise.withResolvers<void>()
  const later = Promise.withResolvers<void>()
  const over = new AbortController()
  const waiting = abortable(late.promise, over.signal)
  over.abort(new Error('over'))
  await expect(waiting).rejects.toThrow('over')
  await expect(abortable(later.promise, over.signal)).rejects.toThrow('over')
  late.reject(new Error('late'))
  later.reject(new Error('later'))
  await turn()
  await turn()
  process.off('unhandledRejection', onRejection)
  expect(rejections).toEqual([])
})

test('places are given in the order in which they were asked for, each once', async () => {
  const places = new Places(1)
  const { signal } = new AbortController()
  const leave = await places.take(signal)
  const order: string[] = []
  const takes = ['first', 'second', 'third'].map(async (name) => {
    const giveBack = await places.take(signal)
    order.push(name)
    return giveBack
  })
  leave()
  leave()
  const giveBack = await takes[0]
  await turn()
  expect(order).toEqual(['first'])
  giveBack?.()
  await takes[1]
  expect(order).toEqual(['first', 'second'])
})

test('who gives up in the moment in which a place comes hands it on', async () => {
  const places = new Places(1)
  const { signal } = new AbortController()
  const impatient = new AbortController()
  const leave = await places.take(signal)
  const given = places.take(impatient.signal)
  const next = places.take(signal)
  impatient.abort(new Error('enough'))
  leave()
  await expect(given).rejects.toThrow('enough')
  await expect(next).resolves.toBeTypeOf('function')
})
