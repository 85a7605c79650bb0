import type { Socket } from 'node:net'
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'

import { until } from '../../support/until.ts'
import { type GivenHttp, givenHttp } from './given-http.ts'
import { afterRequest, listenHttp, listenRaw } from './listeners.ts'

let answer: (socket: Socket, head: string) => void = (socket) => socket.end()
let closed = 0
const server = await listenRaw((socket) => {
  socket.on('close', () => {
    closed += 1
  })
  afterRequest((from, head) => answer(from, head))(socket)
})
const url = `http://api.test:${server.port}/`
const small = { http_response_bytes: 100_000 }

function given(more: GivenHttp = {}) {
  return givenHttp({ names: { 'api.test': ['127.0.0.1'] }, permitted: `127.0.0.1:${server.port}`, ...more })
}

/** What a script is told, once the server has seen its connection end. */
async function failureOf(speak: (socket: Socket, head: string) => void, limits: GivenHttp['limits'] = small) {
  answer = speak
  const before = closed
  const failure = await given({ limits }).failure({ url, method: 'POST' })
  await until(() => closed > before)
  return failure
}

/** Writes as fast as the other side reads, for as long as it does. */
function pour(socket: Socket, ...chunks: (Buffer | string)[]) {
  const [first = '', next = first] = chunks
  socket.write(first)
  const more = () => {
    while (!socket.destroyed && socket.write(next));
  }
  socket.on('drain', more)
  more()
}

/** Writes a little, again and again, always before anyone could call the connection idle. */
const drips: NodeJS.Timeout[] = []
function drip(socket: Socket, first: string, next: string) {
  socket.write(first)
  drips.push(setInterval(() => socket.destroyed || socket.write(next), 10))
}
afterEach(() => {
  for (const timer of drips.splice(0)) clearInterval(timer)
})

const ok = 'HTTP/1.1 200 OK\r\n'
const megabyte = Buffer.alloc(1024 * 1024)

describe('more than is allowed: response_too_large, and the connection is closed', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['a declared length', (socket) => void socket.write(`${ok}content-length: 100001\r\n\r\n`)],
    [
      'a declared length of an encoded body',
      (socket) => {
        socket.write(`${ok}content-encoding: gzip\r\ncontent-length: 9999999999\r\n\r\n`)
      },
    ],
    ['a body without end', (socket) => pour(socket, `${ok}\r\n`, megabyte)],
    [
      'a body of chunks without end',
      (socket) => {
        pour(socket, `${ok}transfer-encoding: chunked\r\n\r\n`, `8000\r\n${'x'.repeat(0x8000)}\r\n`)
      },
    ],
    ['a body one byte too long', (socket) => void socket.end(`${ok}\r\n${'x'.repeat(100_001)}`)],
    [
      'a gzip bomb',
      (socket) => {
        socket.end(
          Buffer.concat([
            Buffer.from(`${ok}content-encoding: gzip\r\n\r\n`),
            gzipSync(Buffer.alloc(50_000_000)),
          ]),
        )
      },
    ],
    [
      'a deflate bomb',
      (socket) => {
        socket.end(
          Buffer.concat([
            Buffer.from(`${ok}content-encoding: deflate\r\n\r\n`),
            deflateSync(Buffer.alloc(50_000_000)),
          ]),
        )
      },
    ],
    [
      'a brotli bomb',
      (socket) => {
        const params = { [constants.BROTLI_PARAM_QUALITY]: 4 }
        const bomb = brotliCompressSync(Buffer.alloc(50_000_000), { params })
        socket.end(Buffer.concat([Buffer.from(`${ok}content-encoding: br\r\n\r\n`), bomb]))
      },
    ],
    [
      'a bomb in a bomb',
      (socket) => {
        const bomb = gzipSync(gzipSync(Buffer.alloc(100_000_000)))
        socket.end(Buffer.concat([Buffer.from(`${ok}content-encoding: gzip, gzip\r\n\r\n`), bomb]))
      },
    ],
    [
      'a bomb whose contents decode to nothing',
      (socket) => {
        const inner = Buffer.alloc(5_000_000, Buffer.from([0, 0, 0, 0xff, 0xff]))
        const bomb = gzipSync(Buffer.concat([Buffer.from([0x78, 0x9c]), inner]))
        socket.end(Buffer.concat([Buffer.from(`${ok}content-encoding: deflate, gzip\r\n\r\n`), bomb]))
      },
    ],
    [
      'compressed data without end that decodes to nothing',
      (socket) => {
        // Stored deflate blocks of no bytes.
        const head = Buffer.concat([
          Buffer.from(`${ok}content-encoding: deflate\r\n\r\n`),
          Buffer.from([0x78, 0x9c]),
        ])
        pour(socket, head, Buffer.concat(Array(10_000).fill(Buffer.from([0, 0, 0, 0xff, 0xff]))))
      },
    ],
    ['a header of 64 KB', (socket) => void socket.write(`${ok}x: ${'a'.repeat(65_536)}\r\n\r\n`)],
    ['headers without end', (socket) => pour(socket, ok, 'x-more: and more\r\n'.repeat(100))],
    ['a header value without end', (socket) => pour(socket, `${ok}x: `, 'a'.repeat(10_000))],
    ['a header name without end', (socket) => pour(socket, ok, 'a'.repeat(10_000))],
    ['hundreds of small headers', (socket) => void socket.write(`${ok}${'a: b\r\n'.repeat(201)}\r\n`)],
    [
      'trailers without end',
      (socket) => {
        pour(socket, `${ok}transfer-encoding: chunked\r\n\r\n0\r\n`, 'x-more: and more\r\n'.repeat(100))
      },
    ],
  ])('%s', async (_what, speak) => {
    expect(await failureOf(speak)).toMatchObject({ code: 'response_too_large', retryable: false })
  })

  test('10 MB unless the tenant or script has less, and not a byte of memory for what comes after', async () => {
    const before = process.memoryUsage().arrayBuffers
    answer = (socket) => pour(socket, `${ok}\r\n`, megabyte)
    const http = givenHttp({
      names: { 'api.test': ['127.0.0.1'] },
      permitted: `127.0.0.1:${server.port}`,
    })
    expect(await http.failure(url)).toMatchObject({ code: 'response_too_large' })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60 * 1024 * 1024)
  })

  test('a body of exactly what is allowed is an answer', async () => {
    answer = (socket) => void socket.end(`${ok}\r\n${'x'.repeat(100_000)}`)
    expect(await given({ limits: small }).call(url)).toMatchObject({ status: 200 })
  })
})

describe('what is no whole HTTP response: invalid_response', () => {
  const chunked = `${ok}transfer-encoding: chunked\r\n\r\n`
  test.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['HTTP/0.9', '<html>'],
    ['a status of no number', 'HTTP/1.1 OK\r\n\r\n'],
    ['a header without a colon', `${ok}nonsense\r\n\r\n`],
    ['a header with a NUL', `${ok}x: a\0b\r\n\r\n`],
    ['a space before the colon', `${ok}content-length : 3\r\n\r\nabc`],
    ['a chunk of a size that is none', `${chunked}zz\r\nabc\r\n`],
    ['a negative chunk', `${chunked}-1\r\n`],
    ['a chunk larger than a number', `${chunked}fffffffffffffffff\r\n`],
    ['a chunk without its end', `${chunked}3\r\nabcdef\r\n`],
    ['a length that is none', `${ok}content-length: abc\r\n\r\nabc`],
    ['a negative length', `${ok}content-length: -1\r\n\r\nabc`],
    ['two lengths', `${ok}content-length: 3\r\ncontent-length: 4\r\n\r\nabcd`],
    [
      'a length and chunks',
      `${ok}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    ],
    ['gzip that is none', `${ok}content-encoding: gzip\r\n\r\nplain text`],
    ['brotli that is none', `${ok}content-encoding: br\r\n\r\nplain text that goes on`],
    ['deflate that is none', `${ok}content-encoding: deflate\r\n\r\n\x0f\xff\xff\xff`],
    ['three encodings', `${ok}content-encoding: gzip, gzip, gzip\r\n\r\nabc`],
  ])('%s', async (_what, bytes) => {
    const failure = await failureOf((socket) => void socket.end(Buffer.from(bytes, 'latin1')))
    expect(failure).toMatchObject({ code: 'invalid_response' })
  })

  test('gzip that ends early', async () => {
    const whole = gzipSync(Buffer.from('x'.repeat(1000) + Math.PI))
    const failure = await failureOf((socket) => {
      socket.write(`${ok}content-encoding: gzip\r\n\r\n`)
      socket.end(whole.subarray(0, whole.length - 9))
    })
    expect(failure).toMatchObject({ code: 'invalid_response' })
  })
})

describe('a connection that ends early: an error, and never half a body', () => {
  const early = /^(connection_failed|invalid_response)$/
  test.each([
    ['before a word', ''],
    ['in the status line', 'HTTP/1.1 20'],
    ['in the headers', `${ok}content-le`],
    ['in a body of a known length', `${ok}content-length: 10\r\n\r\nabc`],
    ['in a chunk', `${ok}transfer-encoding: chunked\r\n\r\n10\r\nabc`],
    ['between chunks', `${ok}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n`],
    ['after an interim answer', 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'],
  ])('%s', async (_what, bytes) => {
    const failure = await failureOf((socket) => void socket.end(bytes))
    expect(failure.code).toMatch(early)
    expect(failure.retryable).toBe(true)
  })

  test('by a reset', async () => {
    const failure = await failureOf((socket) => {
      socket.write(`${ok}content-length: 10\r\n\r\nabc`, () => void socket.resetAndDestroy())
    })
    expect(failure.code).toMatch(early)
  })

  test('nobody listens', async () => {
    const gone = await listenRaw((socket) => socket.destroy())
    const http = givenHttp({ permitted: '127.0.0.3' })
    expect(await http.failure(`http://127.0.0.3:${gone.port}/`)).toMatchObject({
      code: 'connection_failed',
      retryable: true,
    })
  })

  test('a request is sent once, also where the connection is lost before the answer', async () => {
    const before = server.connections
    answer = (socket) => void socket.destroy()
    expect(await given().failure(url)).toMatchObject({ code: 'connection_failed' })
    expect(server.connections - before).toBe(1)
  })
})

describe('a server that takes its time: http_timeout', () => {
  const limits = { http_call_ms: 200 }
  test.each<[string, (socket: Socket) => void]>([
    ['with its first word', () => undefined],
    ['with its headers, byte by byte', (socket) => drip(socket, ok, 'a')],
    ['with ever new headers', (socket) => drip(socket, ok, 'a: b\r\n')],
    ['with interim answers', (socket) => drip(socket, '', 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n')],
    ['with its body, byte by byte', (socket) => drip(socket, `${ok}content-length: 9999\r\n\r\n`, 'x')],
    ['with chunks', (socket) => drip(socket, `${ok}transfer-encoding: chunked\r\n\r\n`, '1\r\nx\r\n')],
    ['with a chunk extension', (socket) => drip(socket, `${ok}transfer-encoding: chunked\r\n\r\n1;`, 'x')],
    [
      'with the end of its body',
      (socket) => void socket.write(`${ok}transfer-encoding: chunked\r\n\r\n1\r\nx\r\n`),
    ],
    ['with trailers', (socket) => drip(socket, `${ok}transfer-encoding: chunked\r\n\r\n0\r\n`, 'a: b\r\n')],
  ])('%s', async (_what, speak) => {
    expect(await failureOf(speak, limits)).toMatchObject({ code: 'http_timeout', retryable: true })
  })

  test('the script may give less time, and never more', async () => {
    answer = () => undefined
    expect((await given().failure({ url, timeoutMs: 50 })).message).toContain('longer than 50 ms')
    const failure = await given({ limits: { http_call_ms: 100 } }).failure({ url, timeoutMs: 60_000 })
    expect(failure.message).toContain('longer than 100 ms')
  })

  test('one clock for all: redirects, each of them quick, do not start it again', async () => {
    const slow = await listenHttp(async (_request, response) => {
      await new Promise((resolve) => setTimeout(resolve, 120))
      response.writeHead(302, { location: '/' }).end()
    })
    const http = givenHttp({ permitted: `127.0.0.1:${slow.port}`, limits: { http_call_ms: 300 } })
    expect(await http.failure(`http://127.0.0.1:${slow.port}/`)).toMatchObject({ code: 'http_timeout' })
    expect(slow.requests.length).toBeLessThan(6)
  })

  test('a name server that does not answer', async () => {
    const http = givenHttp({ limits: { http_call_ms: 100 }, names: { 'slow.test': () => [] } })
    const hanging = new Promise<never>(() => undefined)
    const never = givenHttp({
      limits: { http_call_ms: 100 },
      names: { 'slow.test': () => hanging as unknown as string[] },
    })
    expect(await http.failure('http://slow.test/')).toMatchObject({ code: 'egress_refused' })
    expect(await never.failure('http://slow.test/')).toMatchObject({ code: 'http_timeout' })
  })
})

describe('what a server says beside its answer is not heard', () => {
  test('bytes after the declared length', async () => {
    answer = (socket) => void socket.end(`${ok}content-length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n\r\nsmuggled`)
    const { body } = await given().call(url)
    expect(Buffer.from(body, 'base64').toString()).toBe('abc')
  })

  test('an upgrade that nobody asked for', async () => {
    const failure = await failureOf((socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n')
    })
    expect(failure).toMatchObject({ code: 'connection_failed' })
  })

  test('a cookie for later, an alternative service, a refresh', async () => {
    answer = (socket) => {
      socket.end(
        `${ok}set-cookie: a=1\r\nalt-svc: h2=":1"\r\nrefresh: 0;url=http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n`,
      )
    }
    const http = given()
    await http.call(url)
    let second = ''
    answer = (socket, head) => {
      second = head
      socket.end(`${ok}\r\n`)
    }
    await http.call(url)
    expect(second).not.toMatch(/cookie|alt-used/i)
  })
})
