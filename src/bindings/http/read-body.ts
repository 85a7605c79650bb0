import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'

import type { CallError } from '../binding.ts'
import { invalidResponse, responseTooLarge } from './call-failures.ts'
import type { Header } from './http-request.ts'

export interface ReadBodyOptions {
  headers: readonly Header[]
  maxResponseBytes: number
  signal: AbortSignal
  /** Waited for before more than `smallBytes` are kept. */
  onLargeBody(): Promise<void>
}

/** What a body may have before it needs a place among the large ones. */
export const smallBytes = 256 * 1024
/** Each costs a pass over all bytes, and a server that needs more of them is up to something. */
const maxEncodings = 2

type Chunks = AsyncIterable<Buffer>

/**
 * The body, decoded as its content-encoding says; at most `maxResponseBytes` are ever kept, or put out by
 * any of the decoders, so that a small bomb ends early.
 *
 * @throws {CallError} `response_too_large`, `invalid_response`
 */
export async function readBody(body: Readable, options: ReadBodyOptions): Promise<Buffer> {
  const { headers, maxResponseBytes, signal } = options
  const declared = Number(headers.find(([name]) => name === 'content-length')?.[1] ?? 0)
  if (declared > maxResponseBytes) throw tooLarge(maxResponseBytes)

  const bounded = bound(maxResponseBytes)
  const [first, second] = decodersFor(headers)
  let kept: Buffer | undefined
  const keep = async (source: Chunks) => {
    kept = await collect(source, options.onLargeBody)
  }
  const pass = (source: Chunks) => source
  await pipeline(body, first ?? pass, bounded, second ?? pass, bounded, keep, { signal })
  return kept ?? Buffer.alloc(0)
}

function tooLarge(maxResponseBytes: number): CallError {
  return responseTooLarge('bytes', `the ${maxResponseBytes} allowed`)
}

function bound(maxResponseBytes: number) {
  return async function* bounded(source: Chunks): Chunks {
    let bytes = 0
    for await (const chunk of source) {
      bytes += chunk.length
      if (bytes > maxResponseBytes) throw tooLarge(maxResponseBytes)
      yield chunk
    }
  }
}

async function collect(source: Chunks, onLargeBody: () => Promise<void>): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  let isLarge = false
  for await (const chunk of source) {
    bytes += chunk.length
    if (!isLarge && bytes > smallBytes) {
      isLarge = true
      // Nothing is read meanwhile: the server is held back by the connection.
      await onLargeBody()
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** In the order in which they are applied, the reverse of that in the header. */
function decodersFor(headers: readonly Header[]) {
  const names = headers
    .filter(([name]) => name === 'content-encoding')
    .flatMap(([, value]) => value.toLowerCase().split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  if (names.length > maxEncodings) throw invalidResponse()
  // One that nobody knows is the script's to read, as in a browser.
  if (!names.every((name) => /^(x-)?gzip$|^deflate$|^br$/.test(name))) return []
  return names.reverse().map((name) => (source: Chunks) => decode(name, source))
}

function decoderFor(name: string, firstByte: number) {
  if (name === 'br') return createBrotliDecompress()
  if (name !== 'deflate') return createGunzip()
  // Servers disagree on whether deflate has a zlib header; its first byte tells.
  return (firstByte & 0x0f) === 0x08 ? createInflate() : createInflateRaw()
}

async function* decode(name: string, source: Chunks): Chunks {
  const iterator = source[Symbol.asyncIterator]()
  const first = await iterator.next()
  // No body at all, whatever it was to be encoded with.
  if (first.done) return
  const decoder = decoderFor(name, first.value[0] ?? 0)
  const feed = pipeline(async function* () {
    yield first.value
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
  }, decoder)
  feed.catch(() => undefined)
  try {
    yield* decoder
    await feed
  } catch (error) {
    throw isDecodingError(error) ? invalidResponse(error) : error
  } finally {
    decoder.destroy()
  }
}

/** Those of zlib: Z_DATA_ERROR, Z_BUF_ERROR, ERR_BROTLI_… ; others came through it from the connection. */
function isDecodingError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^(Z_|ERR_(BROTLI|_ERROR|PADDING|ZLIB))/.test(code)
}
