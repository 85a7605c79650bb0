import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

import { until } from '../../support/until.ts'
import { bytesOf, givenHttp } from './given-http.ts'
import { listenHttp } from './listeners.ts'

const binary = Buffer.from(Array.from({ length: 3000 }, (_, index) => index % 256))
const encoded: Record<string, Buffer> = {
  gzip: gzipSync(binary),
  'x-gzip': gzipSync(binary),
  deflate: deflateSync(binary),
  'deflate, gzip': gzipSync(deflateSync(binary)),
  br: brotliCompressSync(binary),
  identity: binary,
}

let held = 0
const server = await listenHttp(async (request, response, body) => {
  const url = new URL(request.url ?? '', 'http://x')
  if (url.pathname === '/echo') response.writeHead(201, 'Made', { 'content-type': 'text/plain' }).end(body)
  else if (url.pathname === '/encoded') {
    const encoding = url.searchParams.get('as') ?? ''
    response.writeHead(200, { 'content-encoding': encoding }).end(encoded[encoding])
  } else if (url.pathname === '/raw-deflate') {
    response.writeHead(200, { 'content-encoding': 'deflate' }).end(deflateRawSync(binary))
  } else if (url.pathname === '/unknown-encoding') {
    response.writeHead(200, { 'content-encoding': 'aws-chunked' }).end(binary)
  } else if (url.pathname === '/status') {
    response.writeHead(Number(url.searchParams.get('is')), { 'content-encoding': 'gzip' }).end()
  } else if (url.pathname === '/cookies') {
    response.writeHead(200, { 'Set-Cookie': ['a=1', 'b=2'], 'X-Latin': 'caf\u00e9' }).end()
  } else if (url.pathname === '/hold') {
    held += 1
  } else response.writeHead(404).end('nothing here')
})
const at = (path: string) => `http://api.test:${server.port}${path}`
const given = { names: { 'api.test': ['127.0.0.1'] }, permitted: `127.0.0.1:${server.port}` }
const last = () => server.requests.at(-1)

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
  '%s sends its body, byte by byte',
  async (method) => {
    const answer = await givenHttp(given).call({ method, url: at('/echo'), body: binary.toString('base64') })
    expect(answer).toMatchObject({ status: 201, statusText: 'Made', url: at('/echo'), redirected: false })
    expect(answer.headers).toContainEqual(['content-type', 'text/plain'])
    expect(bytesOf(answer)).toEqual(binary)
    expect(last()).toMatchObject({ method, headers: { 'content-length': '3000' } })
  },
)

test('an empty body is a body of no bytes', async () => {
  await givenHttp(given).call({ method: 'POST', url: at('/echo'), body: '' })
  expect(last()?.headers['content-length']).toBe('0')
})

test('GET and HEAD: HEAD has headers and no body', async () => {
  const http = givenHttp(given)
  expect(bytesOf(await http.call(at('/none'))).toString()).toBe('nothing here')
  const head = await http.call({ method: 'HEAD', url: at('/encoded?as=gzip') })
  expect(head).toMatchObject({ status: 200, body: '' })
})

test('the query goes along, the fragment does not', async () => {
  const answer = await givenHttp(given).call(at('/none?a=b%20c#part'))
  expect(last()?.url).toBe('/none?a=b%20c')
  expect(answer.url).toBe(at('/none?a=b%20c'))
})

test.each(Object.keys(encoded))('a body with content-encoding %s arrives decoded', async (encoding) => {
  const answer = await givenHttp(given).call(at(`/encoded?as=${encodeURIComponent(encoding)}`))
  expect(bytesOf(answer)).toEqual(binary)
})

test('deflate without the header of zlib is understood too', async () => {
  expect(bytesOf(await givenHttp(given).call(at('/raw-deflate')))).toEqual(binary)
})

test('a body in an encoding that nobody knows is left as it is', async () => {
  expect(bytesOf(await givenHttp(given).call(at('/unknown-encoding')))).toEqual(binary)
})

test.each([200, 204, 304, 404, 500])('an empty answer with status %i is an answer', async (status) => {
  expect(await givenHttp(given).call(at(`/status?is=${status}`))).toMatchObject({ status, body: '' })
})

test('headers come as pairs, names in lower case, each cookie by itself', async () => {
  const { headers } = await givenHttp(given).call(at('/cookies'))
  expect(headers.filter(([name]) => name === 'set-cookie')).toEqual([
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ])
  expect(headers).toContainEqual(['x-latin', 'caf\u00e9'])
})

test('what a script sends as headers arrives; what it leaves out has a default; nothing else is sent', async () => {
  const http = givenHttp(given)
  await http.call({
    url: at('/none'),
    headers: [
      ['X-Key', ' v1 '],
      ['x-key', 'v2'],
      ['Authorization', 'Bearer x'],
    ],
  })
  expect(last()?.headers).toEqual({
    accept: '*/*',
    'accept-encoding': 'gzip, deflate, br',
    authorization: 'Bearer x',
    connection: 'close',
    host: `api.test:${server.port}`,
    'user-agent': 'pgscript',
    'x-key': 'v1, v2',
  })
  await http.call({
    url: at('/none'),
    headers: [
      ['User-Agent', 'mine'],
      ['Accept', 'text/csv'],
      ['Range', 'bytes=0-9'],
    ],
  })
  expect(last()?.headers).toMatchObject({
    accept: 'text/csv',
    'user-agent': 'mine',
    'accept-encoding': 'identity',
  })
})

test('cookies of one answer are not sent with the next call', async () => {
  const http = givenHttp(given)
  await http.call(at('/cookies'))
  await http.call(at('/none'))
  expect(last()?.headers.cookie).toBeUndefined()
})

test('each call has a connection of its own', async () => {
  const http = givenHttp(given)
  const before = server.connections
  for (let call = 0; call < 3; call += 1) await http.call(at('/none'))
  expect(server.connections - before).toBe(3)
})

test('a dot at the end of the host changes nothing', async () => {
  await givenHttp(given).call(`http://api.test.:${server.port}/none`)
  expect(last()?.url).toBe('/none')
})

test('an address in the URL needs no look-up', async () => {
  expect(await givenHttp(given).call(`http://127.0.0.1:${server.port}/none`)).toMatchObject({ status: 404 })
})

test('at most ten calls of a run are under way; the others wait their turn, and end with the run', async () => {
  const http = givenHttp(given)
  held = 0
  const calls = Array.from({ length: 12 }, () => http.failure(at('/hold')))
  await until(() => held === 10)
  // An eleventh would have come by the time that another run's call has gone there and back.
  await givenHttp(given).call(at('/none'))
  expect(held).toBe(10)
  http.end()
  expect(new Set((await Promise.all(calls)).map(({ code }) => code))).toEqual(new Set(['execution_ended']))
  expect(held).toBe(10)
})

test('a call is broken off when the run ends', async () => {
  const http = givenHttp(given)
  held = 0
  const call = http.failure(at('/hold'))
  await until(() => held === 1)
  http.end()
  expect(await call).toMatchObject({ code: 'execution_ended', retryable: false })
})

test('a call of a run that has ended opens nothing', async () => {
  const http = givenHttp(given)
  const before = server.connections
  http.end()
  expect(await http.failure(at('/none'))).toMatchObject({ code: 'execution_ended' })
  expect(server.connections).toBe(before)
})

test('IPv6, where this machine has it', async ({ skip }) => {
  const six = await listenHttp((_request, response) => void response.end('six'), { host: '::1' }).catch(() =>
    skip(),
  )
  const http = givenHttp({ names: { 'six.test': ['::1'] }, permitted: `[::1]:${six.port}` })
  for (const host of ['six.test', '[::1]', '[0:0:0:0:0:0:0:1]'])
    expect(bytesOf(await http.call(`http://${host}:${six.port}/`)).toString()).toBe('six')
})

test('a name of an internal network can be permitted, and its address apart from it', async () => {
  const names = { billing: ['127.0.0.1'], 'billing.internal': ['127.0.0.1'] }
  const url = (host: string) => `http://${host}:${server.port}/none`
  const both = givenHttp({ names, permitted: `billing,billing.internal,127.0.0.1:${server.port}` })
  expect(await both.call(url('billing'))).toMatchObject({ status: 404 })
  expect(await both.call(url('BILLING.internal.'))).toMatchObject({ status: 404 })
  const before = server.connections
  const refused = { code: 'egress_refused' }
  expect(await givenHttp({ names, permitted: 'billing' }).failure(url('billing'))).toMatchObject(refused)
  const address = givenHttp({ names, permitted: `127.0.0.1:${server.port}` })
  expect(await address.failure(url('billing'))).toMatchObject(refused)
  expect(await both.failure(url('other.internal'))).toMatchObject(refused)
  expect(server.connections).toBe(before)
})

test('HEAD of something larger than any response may be', async () => {
  const large = await listenHttp(
    (_request, response) => void response.writeHead(200, { 'content-length': 1e12 }).end(),
  )
  const http = givenHttp({ permitted: `127.0.0.1:${large.port}` })
  const url = `http://127.0.0.1:${large.port}/`
  expect(await http.call({ method: 'HEAD', url })).toMatchObject({ status: 200, body: '' })
})
