import type { AddressInfo } from 'node:net'
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls'
import { afterAll, afterEach, describe, expect, test } from 'vitest'

import { authority, expired, notYetValid, selfSigned, serverKey, valid } from './certificates.ts'
import { bytesOf, givenHttp } from './given-http.ts'
import { listenRaw } from './listeners.ts'

let requests = 0
const servernames: (string | false | null)[] = []

/** Answers with the name that was asked for, and counts what got as far as a request. */
async function listenTls(options: TlsOptions): Promise<number> {
  const server = createServer({ key: serverKey, ...options }, (socket: TLSSocket) => {
    socket.on('error', () => undefined)
    servernames.push(socket.servername ?? null)
    socket.once('data', () => {
      requests += 1
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello')
    })
  })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => void server.close())
  return (server.address() as AddressInfo).port
}

const names = {
  'api.test': ['127.0.0.1'],
  'other.test': ['127.0.0.1'],
  'a.wild.test': ['127.0.0.1'],
  'a.b.wild.test': ['127.0.0.1'],
}
const given = { names, permitted: '127.0.0.1', ca: authority }
const good = await listenTls({ cert: valid })

afterEach(() => {
  requests = 0
  servernames.length = 0
})

describe('a certificate that holds for the host', () => {
  test.each([
    ['its name', 'api.test', 'api.test'],
    ['its name with a dot at the end', 'api.test.', 'api.test'],
    ['a wildcard', 'a.wild.test', 'a.wild.test'],
    // A servername is never an address.
    ['its address', '127.0.0.1', false],
  ])('%s', async (_what, host, servername) => {
    const answer = await givenHttp(given).call(`https://${host}:${good}/`)
    expect(bytesOf(answer).toString()).toBe('hello')
    expect(servernames).toEqual([servername])
  })
})

describe('tls_failed, and no request is sent', () => {
  test.each([
    ['the certificate of another name', 'other.test', { cert: valid }],
    ['a wildcard for more than one label', 'a.b.wild.test', { cert: valid }],
    ['an expired one', 'api.test', { cert: expired }],
    ['one that does not hold yet', 'api.test', { cert: notYetValid }],
    ['one that the server has signed itself', 'api.test', { cert: selfSigned }],
    [
      'a version of TLS that is too old',
      'api.test',
      { cert: valid, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' },
    ],
  ] satisfies [string, string, TlsOptions][])('%s', async (_what, host, options) => {
    const port = await listenTls(options)
    const failure = await givenHttp(given).failure(`https://${host}:${port}/`)
    expect(failure).toMatchObject({ code: 'tls_failed', retryable: false })
    expect(requests).toBe(0)
  })

  test('an authority that nobody knows', async () => {
    const { ca: _unknown, ...trusting } = given
    expect(await givenHttp(trusting).failure(`https://api.test:${good}/`)).toMatchObject({
      code: 'tls_failed',
    })
    expect(requests).toBe(0)
  })

  test('also where the environment says not to look', async () => {
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    try {
      const failure = await givenHttp(given).failure(`https://other.test:${good}/`)
      expect(failure).toMatchObject({ code: 'tls_failed' })
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
    }
    expect(requests).toBe(0)
  })

  test('a server that does not speak TLS', async () => {
    const plain = await listenRaw((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n'))
    const failure = await givenHttp(given).failure(`https://api.test:${plain.port}/`)
    expect(failure).toMatchObject({ code: 'tls_failed' })
  })
})

describe('a handshake that comes to no end', () => {
  test('by a server that says nothing: http_timeout, and the connection is closed', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    const silent = await listenRaw((socket) => void socket.resume().on('close', resolve))
    const http = givenHttp({ ...given, limits: { http_call_ms: 150 } })
    expect(await http.failure(`https://api.test:${silent.port}/`)).toMatchObject({ code: 'http_timeout' })
    await closed
  })

  test('by a server that goes away: connection_failed, which may be tried again', async () => {
    const leaving = await listenRaw((socket) => void socket.once('data', () => socket.resetAndDestroy()))
    const failure = await givenHttp(given).failure(`https://api.test:${leaving.port}/`)
    expect(failure).toMatchObject({ code: 'connection_failed', retryable: true })
  })
})

test('proxies of the environment are not used', async () => {
  const proxy = await listenRaw((socket) => void socket.end())
  const before = { ...process.env }
  const proxies = { HTTP_PROXY: '', HTTPS_PROXY: '', http_proxy: '', https_proxy: '', ALL_PROXY: '' }
  for (const name of Object.keys(proxies)) process.env[name] = `http://127.0.0.1:${proxy.port}`
  process.env.NODE_USE_ENV_PROXY = '1'
  try {
    expect(await givenHttp(given).call(`https://api.test:${good}/`)).toMatchObject({ status: 200 })
  } finally {
    process.env = before
  }
  expect(proxy.connections).toBe(0)
})
