import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { CallError, type RunScope } from '../../src/bindings/binding.ts'
import { openServices, type Service } from '../../src/bindings/services.ts'

const price: Service = {
  args: z.tuple([z.string(), z.object({ count: z.number() })]),
  run: async ([article], { tenantKey }) => ({ article, tenantKey }),
}
const fails: Service = {
  args: z.tuple([]),
  run: async () => {
    throw new CallError('out_of_stock', 'There is none left.', { retryable: true })
  },
}

describe('services', () => {
  const run = { tenantId: 't', tenantKey: 'acme', userId: null, executionId: 'e' } as RunScope
  const { calls } = openServices(
    new Map([
      ['price', price],
      ['fails', fails],
    ]),
  )(run)
  const call = async (...args: unknown[]) => await calls['services.call']?.(args, Promise.resolve())

  test('are called as the tenant, with arguments that fit', async () => {
    expect(await call('price', ['a', { count: 2 }])).toEqual({ article: 'a', tenantKey: 'acme' })
  })

  test.each([
    [['price', ['a']], 'invalid_arguments', /^services\.price: /],
    [['price', ['a', { count: 'two' }]], 'invalid_arguments', /argument 2\.count: /],
    [['price', 'a'], 'invalid_arguments', /name of a service/],
    [[7, []], 'invalid_arguments', /name of a service/],
    [['nothing', []], 'service_not_found', /nothing/],
    [['constructor', []], 'service_not_found', /constructor/],
    [['fails', []], 'out_of_stock', /none left/],
  ])('%j is refused with %s', async (args, code, message) => {
    await expect(call(...args)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })
})
