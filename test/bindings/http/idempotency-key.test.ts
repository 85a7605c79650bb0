import { expect, test } from 'vitest'

import type { RunScope } from '../../../src/bindings/binding.ts'
import { parseHttpRequest } from '../../../src/bindings/http/http-request.ts'
import { withIdempotencyKey } from '../../../src/bindings/http/idempotency-key.ts'

const run = { executionId: 'execution-1' } as RunScope

function request(method: string, headers: [string, string][] = []) {
  return parseHttpRequest([{ method, url: 'https://example.com/', headers, body: null, redirect: 'follow' }])
}

function keysOf(isTransactional: boolean, ...methods: string[]) {
  const keyed = withIdempotencyKey(run, isTransactional)
  return methods.map(
    (method) => keyed(request(method)).headers.find(([name]) => name === 'idempotency-key')?.[1],
  )
}

test('unsafe requests of a transactional run have a key each, the same in every attempt', () => {
  const keys = ['execution-1-1', undefined, 'execution-1-2', undefined, 'execution-1-3', 'execution-1-4']
  const methods = ['POST', 'GET', 'PUT', 'HEAD', 'PATCH', 'DELETE']
  expect(keysOf(true, ...methods)).toEqual(keys)
  expect(keysOf(true, ...methods)).toEqual(keys)
})

test('a key that the script gives stands, and its call is counted all the same', () => {
  const keyed = withIdempotencyKey(run, true)
  const own = keyed(request('POST', [['Idempotency-Key', 'mine']]))
  expect(own.headers).toEqual([['Idempotency-Key', 'mine']])
  expect(keyed(request('POST')).headers).toEqual([['idempotency-key', 'execution-1-2']])
})

test('other runs have none', () => {
  expect(keysOf(false, 'POST', 'DELETE')).toEqual([undefined, undefined])
})
