import { describe, expect, test } from 'vitest'

import { useSandbox } from '../jobs.ts'
import { hostError, runScript } from './run-script.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const answer = (body: string, type = 'application/json', status = 200) => ({
  status,
  statusText: 'Said',
  url: 'https://api.example/x',
  redirected: false,
  headers: [
    ['content-type', type],
    ['set-cookie', 'a=1'],
  ],
  body: base64(body),
})

describe('fetch', () => {
  const sandbox = useSandbox({ hosts: 1 })
  const run = (body: string, answers = {}) => runScript(sandbox.it, body, answers)

  test('sends a request as the host takes it, and reads the answer', async () => {
    const { made, value } = await run(
      `const r = await fetch('https://api.example/x?y', { method: 'put', headers: { A: 'b' }, body: 'é' })
      return [r.status, r.ok, r.statusText, r.url, r.headers.get('content-type'), await r.json(), r instanceof Response]`,
      { 'http.request': answer('{"a":1}') },
    )
    expect(made).toEqual([
      [
        'http.request',
        {
          method: 'PUT',
          url: 'https://api.example/x?y',
          headers: [
            ['a', 'b'],
            ['content-type', 'text/plain;charset=UTF-8'],
          ],
          body: base64('é'),
          redirect: 'follow',
        },
      ],
    ])
    expect(value).toEqual([200, true, 'Said', 'https://api.example/x', 'application/json', { a: 1 }, true])
  })

  test('does not throw for a status, and takes a Request', async () => {
    const { made, value } = await run(
      `const r = await fetch(new Request('https://a.example', { redirect: 'manual' })); return [r.status, r.ok, await r.text()]`,
      { 'http.request': answer('no', 'text/plain', 404) },
    )
    expect(value).toEqual([404, false, 'no'])
    expect(made[0]?.[1]).toMatchObject({ method: 'GET', body: null, redirect: 'manual' })
  })

  test('rejects with the reason of a signal, before and after it was sent', async () => {
    const { value } = await run(
      `const before = await fetch('https://a.example', { signal: AbortSignal.abort('early') }).catch((e) => e)
      const after = await fetch('https://a.example', { signal: AbortSignal.timeout(5) }).catch((e) => e.name)
      return [before, after]`,
      { 'http.request': () => new Promise(() => {}) },
    )
    expect(value).toEqual(['early', 'TimeoutError'])
  })

  test('rejects with the code of the host', async () => {
    const { value } = await run(
      `return await fetch('https://a.example').catch((e) => [e.code, e.message, e.retryable])`,
      { 'http.request': hostError('http_blocked', 'This address is not public.') },
    )
    expect(value).toEqual(['http_blocked', 'This address is not public.', false])
  })
})

describe('http', () => {
  const sandbox = useSandbox({ hosts: 1 })
  const run = (body: string, answers = {}) => runScript(sandbox.it, body, answers)

  test('adds a query, sends JSON and forms, and gives what came back as data', async () => {
    const { made, value } = await run(
      `const a = await sdk.http.get('https://a.example/x?k=1', { query: { q: 'a b', n: [1, 2], no: undefined }, timeout: 500 })
      const b = await sdk.http.post('https://a.example/', { json: { z: 1 } })
      const c = await sdk.http.request('https://a.example/', { method: 'patch', form: { f: 'ü' }, headers: { 'X-A': 'b' } })
      return [a, a.text, [...a.bytes()].length, b.data, c.ok]`,
      { 'http.request': answer('{"a":1}') },
    )
    expect(made.map(([, message]) => message)).toEqual([
      {
        method: 'GET',
        url: 'https://a.example/x?k=1&q=a+b&n=1&n=2',
        headers: [],
        body: null,
        redirect: 'follow',
        timeoutMs: 500,
      },
      {
        method: 'POST',
        url: 'https://a.example/',
        headers: [['content-type', 'application/json']],
        body: base64('{"z":1}'),
        redirect: 'follow',
      },
      {
        method: 'PATCH',
        url: 'https://a.example/',
        headers: [
          ['content-type', 'application/x-www-form-urlencoded'],
          ['x-a', 'b'],
        ],
        body: base64('f=%C3%BC'),
        redirect: 'follow',
      },
    ])
    const result = {
      status: 200,
      ok: true,
      url: 'https://api.example/x',
      headers: { 'content-type': 'application/json', 'set-cookie': 'a=1' },
      data: { a: 1 },
    }
    expect(value).toEqual([result, '{"a":1}', 7, { a: 1 }, true])
  })

  test('gives text where it is no JSON, and does not throw for a status', async () => {
    const { value } = await run(
      `const r = await sdk.http.delete('https://a.example'); return [r.status, r.ok, r.data]`,
      { 'http.request': answer('{broken', 'application/json', 500) },
    )
    expect(value).toEqual([500, false, '{broken'])
  })

  test.for([
    [`sdk.http.get('nope')`, 'is not a URL'],
    [`sdk.http.post('https://a', { json: 1, body: '2' })`, 'one of body, json and form'],
  ])('refuses %s', async ([call = '', reason = '']) => {
    const { result, made } = await run(`await ${call}`)
    expect(made).toEqual([])
    expect(result.error).toMatchObject({ code: 'invalid_arguments', line: 2 })
    expect(result.error?.message).toContain(reason)
  })
})
