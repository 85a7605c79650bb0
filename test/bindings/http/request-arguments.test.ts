import { describe, expect, test } from 'vitest'

import { countSockets, givenHttp } from './given-http.ts'

const sockets = countSockets()
const url = 'http://api.test/'

async function expectInvalid(request: Record<string, unknown>, says: RegExp) {
  const failure = await givenHttp({ names: { 'api.test': ['93.184.215.14'] } }).failure({ url, ...request })
  expect(failure).toMatchObject({ code: 'invalid_arguments', retryable: false })
  expect(failure.message).toMatch(says)
  expect(sockets.count).toBe(0)
}

describe('a URL that is not called, whatever its host', () => {
  test.each([
    ['file:///etc/passwd', /https:/],
    ['ftp://example.com/', /https:/],
    ['data:text/plain,x', /https:/],
    ['ws://example.com/', /https:/],
    ['unix:/var/run/docker.sock', /https:/],
    ['blob:http://example.com/x', /https:/],
    ['http://user:password@example.com/', /user name or password/],
    ['http://user@example.com/', /user name or password/],
    ['http://:password@example.com/', /user name or password/],
    ['http://10.0.0.1%2f@example.com/', /user name or password/],
    ['//example.com/', /whole URL/],
    ['/path', /whole URL/],
    ['', /whole URL/],
    ['http://', /whole URL/],
    ['http://example.com:99999/', /whole URL/],
    ['http://[::1%25eth0]/', /whole URL/],
    ['http://[fe80::1%eth0]/', /whole URL/],
    ['http://256.256.256.256/', /whole URL/],
    ['http://1.2.3.4.5/', /whole URL/],
    ['http://0x100000000/', /whole URL/],
    ['http://exa mple.com/', /whole URL/],
    [`http://example.com/${'a'.repeat(8192)}`, /at most/],
    [`http://example.com/${'\u00e9'.repeat(8000)}`, /at most/],
    [7, /a text/],
    [null, /a text/],
  ])('%.60s', async (given, says) => {
    await expectInvalid({ url: given }, says)
  })
})

describe('a method that is not sent', () => {
  test.each(['get', 'CONNECT', 'TRACE', 'TRACK', 'QUERY', 'GET /x HTTP/1.1\r\nX: y', 'GET ', '', 7, null])(
    '%j',
    async (method) => {
      await expectInvalid({ method }, /method must be one of GET/)
    },
  )
})

describe('headers that are ours', () => {
  test.each([
    'Host',
    'HOST',
    'Connection',
    'Content-Length',
    'Transfer-Encoding',
    'Upgrade',
    'HTTP2-Settings',
    'TE',
    'Trailer',
    'Expect',
    'Keep-Alive',
    'Proxy-Authorization',
    'Proxy-Connection',
    'proxy-anything',
  ])('%s', async (name) => {
    await expectInvalid({ headers: [[name, 'x']] }, new RegExp(`the header ${name} is set by pgscript`))
  })
})

describe('headers that are none', () => {
  test.each([
    ['a line break in a value', [['x', 'a\r\nHost: inside']], /line break/],
    ['a bare line feed', [['x', 'a\nb']], /line break/],
    ['a bare carriage return', [['x', 'a\rb']], /line break/],
    ['NUL', [['x', 'a\0b']], /no header may hold/],
    ['another control character', [['x', 'a\x07b']], /no header may hold/],
    ['DEL', [['x', 'a\x7fb']], /no header may hold/],
    ['a character beyond Latin-1 that would become a line feed', [['x', 'a\u010ab']], /no header may hold/],
    ['a line break in a name', [['x\r\ny', 'a']], /not a header name/],
    ['a colon in a name', [['x: y', 'a']], /not a header name/],
    ['a space after a name', [['Host ', 'a']], /not a header name/],
    ['an empty name', [['', 'a']], /not a header name/],
    ['a name of other letters', [['\u212aey', 'a']], /not a header name/],
    ['a very long name', [['x'.repeat(257), 'a']], /not a header name/],
    ['a pair of one', [['x']], /pairs/],
    ['a pair of three', [['x', 'a', 'b']], /pairs/],
    ['a number as a value', [['x', 1]], /pairs/],
    ['an array as a value', [['x', ['a']]], /pairs/],
    ['an object', { x: 'a' }, /at most 100 pairs/],
    ['a hundred and one', Array(101).fill(['x', 'a']), /at most 100 pairs/],
    ['more than 32 KB', Array(5).fill(['x', 'a'.repeat(8000)]), /32 KB/],
  ])('%s', async (_what, headers, says) => {
    await expectInvalid({ headers }, says)
  })
})

describe('everything else', () => {
  test.each([
    ['a body with GET', { body: 'eA==' }, /body cannot be sent with GET/],
    ['a body with HEAD', { method: 'HEAD', body: '' }, /body cannot be sent with HEAD/],
    ['a body that is not base64', { method: 'POST', body: 'hello!' }, /base64/],
    ['base64 of another alphabet', { method: 'POST', body: 'a-_=' }, /base64/],
    ['base64 without its end', { method: 'POST', body: 'abc' }, /base64/],
    ['a body of objects', { method: 'POST', body: {} }, /base64/],
    ['a body of more than 5 MB', { method: 'POST', body: 'AAAA'.repeat(1_747_627) }, /at most 5 MB/],
    ['an unknown redirect', { redirect: 'sometimes' }, /redirect must be one of/],
    ['no redirect', { redirect: null }, /redirect must be one of/],
    ['a timeout of nothing', { timeoutMs: 0 }, /timeoutMs must be/],
    ['a timeout of a text', { timeoutMs: '100' }, /timeoutMs must be/],
    ['a timeout of days', { timeoutMs: 1e9 }, /timeoutMs must be/],
    ['a field that is unknown', { agent: {} }, /no field agent/],
    ['a field that would choose the address', { socketPath: '/var/run/docker.sock' }, /no field socketPath/],
  ])('%s', async (_what, request, says) => {
    await expectInvalid(request, says)
  })
})
