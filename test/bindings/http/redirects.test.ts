import { beforeEach, describe, expect, test } from 'vitest'

import { bytesOf, givenHttp } from './given-http.ts'
import { listenHttp } from './listeners.ts'

const victim = await listenHttp((_request, response) => void response.end('secret'))

let location: string | string[] | undefined = '/end'
let status = 302
const server = await listenHttp((request, response) => {
  const { pathname } = new URL(request.url ?? '', 'http://x')
  const [, kind = '', count = '0'] = pathname.split('/')
  if (kind === 'from') {
    if (location !== undefined) response.setHeader('location', location)
    response.writeHead(status).end('moved')
  } else if (kind === 'times')
    response.writeHead(302, { location: count === '1' ? '/end' : `/times/${Number(count) - 1}` }).end()
  else response.end('the end')
})
const other = await listenHttp((_request, response) => void response.end('elsewhere'))

const at = (path: string) => `http://api.test:${server.port}${path}`
const given = {
  names: { 'api.test': ['127.0.0.1'], 'other.test': ['127.0.0.1'], 'in.test': ['10.0.0.1'] },
  permitted: `127.0.0.1:${server.port},127.0.0.1:${other.port}`,
}
const text = Buffer.from('hello').toString('base64')
const lastTo = (listener: typeof server) => {
  const last = listener.requests.at(-1)
  return { method: last?.method, headers: last?.headers, body: last?.body.toString() }
}

beforeEach(() => {
  status = 302
  location = '/end'
})

describe('methods and bodies, as fetch has them', () => {
  test.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'POST', 'GET', ''],
    [307, 'POST', 'POST', 'hello'],
    [308, 'POST', 'POST', 'hello'],
    [301, 'PUT', 'PUT', 'hello'],
    [302, 'PATCH', 'PATCH', 'hello'],
    [303, 'DELETE', 'GET', ''],
    [307, 'DELETE', 'DELETE', 'hello'],
  ])('%i of a %s is a %s', async (code, method, then, body) => {
    status = code
    const headers = [
      ['content-type', 'text/plain'],
      ['content-language', 'en'],
      ['x-own', '1'],
    ]
    const answer = await givenHttp(given).call({ method, url: at('/from'), headers, body: text })
    expect(answer).toMatchObject({ status: 200, url: at('/end'), redirected: true })
    const last = lastTo(server)
    expect(last).toMatchObject({ method: then, body })
    expect(last.headers?.['x-own']).toBe('1')
    expect(last.headers?.['content-type']).toBe(body === '' ? undefined : 'text/plain')
    expect(last.headers?.['content-language']).toBe(body === '' ? undefined : 'en')
  })

  test.each([301, 302, 303, 307, 308])('%i of a HEAD stays a HEAD', async (code) => {
    status = code
    await givenHttp(given).call({ method: 'HEAD', url: at('/from') })
    expect(lastTo(server).method).toBe('HEAD')
  })
})

describe('what is a redirect, and what is not', () => {
  test('without a location it is an answer', async () => {
    location = undefined
    const answer = await givenHttp(given).call(at('/from'))
    expect(answer).toMatchObject({ status: 302, redirected: false })
    expect(bytesOf(answer).toString()).toBe('moved')
  })

  test.each([300, 304, 305, 306])('%i is an answer', async (code) => {
    status = code
    expect(await givenHttp(given).call(at('/from'))).toMatchObject({ status: code, redirected: false })
  })

  test('manual: the redirect itself, with its body', async () => {
    location = 'http://127.0.0.1/inside'
    const answer = await givenHttp(given).call({ url: at('/from'), redirect: 'manual' })
    expect(answer).toMatchObject({ status: 302, url: at('/from'), redirected: false })
    expect(answer.headers).toContainEqual(['location', 'http://127.0.0.1/inside'])
    expect(bytesOf(answer).toString()).toBe('moved')
  })

  test('error: a failure', async () => {
    const failure = await givenHttp(given).failure({ url: at('/from'), redirect: 'error' })
    expect(failure).toMatchObject({ code: 'redirect_failed', retryable: false })
  })

  test('five are followed, six are too many', async () => {
    const http = givenHttp(given)
    expect(await http.call(at('/times/5'))).toMatchObject({ status: 200, redirected: true })
    expect(await http.failure(at('/times/6'))).toMatchObject({ code: 'too_many_redirects', retryable: false })
  })

  test('one that leads to itself ends', async () => {
    location = '/from'
    expect(await givenHttp(given).failure(at('/from'))).toMatchObject({ code: 'too_many_redirects' })
  })
})

describe('credentials stay with the host they were meant for', () => {
  const headers = [
    ['Authorization', 'Bearer x'],
    ['Cookie', 'a=1'],
    ['X-Own', '1'],
  ]

  test('to another path of the origin they go along', async () => {
    await givenHttp(given).call({ url: at('/from'), headers })
    expect(lastTo(server).headers).toMatchObject({ authorization: 'Bearer x', cookie: 'a=1' })
  })

  test.each([
    ['another port', () => `http://api.test:${other.port}/`],
    ['another name', () => `http://other.test:${other.port}/`],
    ['an address', () => `http://127.0.0.1:${other.port}/`],
  ])('to %s they do not', async (_what, to) => {
    location = to()
    const answer = await givenHttp(given).call({ url: at('/from'), headers })
    expect(answer).toMatchObject({ url: to(), redirected: true })
    const sent = lastTo(other).headers
    expect(sent).toMatchObject({ 'x-own': '1' })
    expect(sent).not.toHaveProperty('authorization')
    expect(sent).not.toHaveProperty('cookie')
  })
})

describe('a redirect inside is refused like a call inside', () => {
  test.each([
    () => `http://127.0.0.1:${victim.port}/`,
    () => `//127.0.0.1:${victim.port}/`,
    () => `http://2130706433:${victim.port}/`,
    () => `http://0x7f.1:${victim.port}/`,
    () => `http://localhost:${victim.port}/`,
    () => `http://[::ffff:127.0.0.1]:${victim.port}/`,
    () => `\\\\127.0.0.1:${victim.port}\\`,
    () => `http://api.test:${victim.port}/`,
    () => 'http://169.254.169.254/latest/meta-data/',
    () => 'http://metadata.google.internal/',
    () => 'http://10.0.0.1/',
    () => 'http://in.test/',
    () => 'http://nobody.test/',
    () => 'https://192.168.0.1/',
    () => 'http://8.8.8.8:6379/'.replace('6379', '22'),
  ])('case %#', async (to) => {
    location = to()
    const http = givenHttp(given)
    expect(await http.failure(at('/from'))).toMatchObject({ code: 'egress_refused', retryable: false })
    expect(victim.connections).toBe(0)
    expect(http.lines).toHaveLength(1)
  })

  test('also at the end of a chain', async () => {
    location = `http://other.test:${victim.port}/`
    status = 307
    const failure = await givenHttp(given).failure({ method: 'POST', url: at('/from'), body: text })
    expect(failure).toMatchObject({ code: 'egress_refused' })
    expect(victim.connections).toBe(0)
  })
})

describe('a redirect to what no call may name fails', () => {
  test.each([
    'file:///etc/passwd',
    'ftp://127.0.0.1/',
    'data:text/plain,hello',
    'javascript:alert(1)',
    'gopher://127.0.0.1:70/',
    'http://user:password@api.test/',
    'http://user@api.test/',
    'http://',
    'http://[::1',
    'http://a b/',
    `http://api.test/${'a'.repeat(20_000)}`,
  ])('%.40s', async (to) => {
    location = to
    expect(await givenHttp(given).failure(at('/from'))).toMatchObject({
      code: 'redirect_failed',
      retryable: false,
    })
  })

  test('two locations', async () => {
    location = ['/end', '/other']
    expect(await givenHttp(given).failure(at('/from'))).toMatchObject({ code: 'redirect_failed' })
  })
})
