import { describe, expect, test } from 'vitest'

import { isolations, useSandbox } from '../jobs.ts'
import { hostError, runScript } from './run-script.ts'

describe.each(isolations)('the script API with isolation %s', (isolation) => {
  const sandbox = useSandbox({ hosts: 1 })
  const run = (body: string, answers = {}) => runScript(sandbox.it, body, answers, { isolation })

  test('makes each call by its name, without the arguments that were not given', async () => {
    const { made, result } = await run(`
      await sdk.cache.get('k'); await sdk.cache.set('k', { a: 1 }, { ttlSeconds: 5 }); await sdk.cache.increment('n')
      await sdk.cache.increment('n', 2, { ttlSeconds: 1 }); await sdk.cache.expire('k', 3); await sdk.cache.exists('k')
      await sdk.storage.set('s', null); await sdk.storage.list({ prefix: 'a', limit: 1 }); await sdk.storage.delete('s')
      await sdk.events.publish('a.b', { x: 1 }, { idempotencyKey: 'i' }); await sdk.events.publish('c'); await sdk.secrets.get('S')
      await sdk.variables.get('V'); await sdk.services.price('a', 2); await sdk.services.call('other', [1])
      const orders = sdk.collections.get('orders')
      await orders.find({ where: { a: 1 } }); await orders.get('1'); await orders.insert([{ a: 1 }])
      await orders.update('1', { a: 2 }, { replace: true }); await orders.delete('1')`)
    expect(result.error).toBeNull()
    expect(made).toEqual([
      ['cache.get', 'k'],
      ['cache.set', 'k', { a: 1 }, { ttlSeconds: 5 }],
      ['cache.increment', 'n', 1],
      ['cache.increment', 'n', 2, { ttlSeconds: 1 }],
      ['cache.expire', 'k', 3],
      ['cache.exists', 'k'],
      ['storage.set', 's', null],
      ['storage.list', { prefix: 'a', limit: 1 }],
      ['storage.delete', 's'],
      ['events.publish', 'a.b', { x: 1 }, { idempotencyKey: 'i' }],
      ['events.publish', 'c', {}],
      ['secrets.get', 'S'],
      ['variables.get', 'V'],
      ['services.call', 'price', ['a', 2]],
      ['services.call', 'other', [[1]]],
      ['collections.find', 'orders', { where: { a: 1 } }],
      ['collections.get', 'orders', '1'],
      ['collections.insert', 'orders', [{ a: 1 }]],
      ['collections.update', 'orders', '1', { a: 2 }, { replace: true }],
      ['collections.delete', 'orders', '1'],
    ])
  })

  test('is there by name from the module, as sdk, and for import of all', async () => {
    const { value } = await run(`const m = $import('pgscript')
      return [Object.keys(m).filter((name) => name !== 'sdk' && m[name] !== sdk[name]), Object.keys(m).sort(), m.sdk === sdk]`)
    const names =
      'HttpError PermanentError RetryAfterError cache collections context crypto db events fetch http'
    const more = 'log scripts sdk secrets services storage utils variables'
    expect(value).toEqual([[], `${names} ${more}`.split(' '), true])
  })

  test('gives an error of the host its code, and the line of the script that called', async () => {
    const body = [
      'async function load() {',
      '  await null',
      "  return await sdk.cache.get('k')",
      '}',
      'try { await load() } catch (e) { return [e.code, e.message, e.retryable, e instanceof Error, e.stack] }',
    ].join('\n')
    const { value } = await run(body, { 'cache.get': hostError('rate_limited', 'Too many.', true) })
    const [code, message, retryable, isError, stack] = value as [string, string, boolean, boolean, string]
    expect([code, message, retryable, isError]).toEqual(['rate_limited', 'Too many.', true, true])
    expect(stack).toMatch(/load \(hello\.js:4:/)
    const { result } = await run(body.replace(/try .*/, 'await load()'), {
      'cache.get': hostError('rate_limited', 'Too many.', true),
    })
    expect(result.error).toMatchObject({
      code: 'rate_limited',
      retryable: true,
      line: 4,
      sourceLine: "  return await sdk.cache.get('k')",
    })
  })

  test('refuses arguments with no JSON form, by path and at the script’s line', async () => {
    const { result, made } = await run(`await sdk.cache.set('k', { a: [new Map()] })`)
    expect(made).toEqual([])
    expect(result.error).toMatchObject({ code: 'invalid_arguments', line: 2 })
    expect(result.error?.message).toContain('cache.set: argument 2.a.0 is a Map')
  })

  test('is refused beyond its limit of calls', async () => {
    const { value, made } = await run(
      `const left = context.limits.remaining().apiCalls
      for (let i = 0; i < 20; i += 1) await sdk.cache.get('k')
      return [left, context.limits.remaining().apiCalls, await sdk.cache.get('k').catch((e) => e.code)]`,
    )
    expect(value).toEqual([20, 0, 'api_call_limit'])
    expect(made).toHaveLength(20)
  })

  test('services are no promise and have no JSON form of their own', async () => {
    const { value, made } = await run(`const awaited = await sdk.services
      return [awaited === sdk.services, typeof sdk.services.then, JSON.stringify(sdk.services)]`)
    expect(value).toEqual([true, 'undefined', '{}'])
    expect(made).toEqual([])
  })
})
