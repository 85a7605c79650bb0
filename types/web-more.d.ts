/** Streams, cryptography, timers and the console. */

interface QueuingStrategy<Chunk = any> {
  highWaterMark?: number
  size?(chunk: Chunk): number
}
interface StreamController<Chunk = any> {
  readonly desiredSize: number | null
  close(): void
  enqueue(chunk: Chunk): void
  error(reason?: unknown): void
}
interface StreamSource<Chunk = any> {
  type?: 'bytes'
  start?(controller: StreamController<Chunk>): unknown
  pull?(controller: StreamController<Chunk>): unknown
  cancel?(reason?: unknown): unknown
}
interface StreamSink<Chunk = any> {
  start?(controller: { error(reason?: unknown): void }): unknown
  write?(chunk: Chunk): unknown
  close?(): unknown
  abort?(reason?: unknown): unknown
}
interface StreamTransformer<In = any, Out = any> {
  start?(controller: TransformController<Out>): unknown
  transform?(chunk: In, controller: TransformController<Out>): unknown
  flush?(controller: TransformController<Out>): unknown
  cancel?(reason?: unknown): unknown
}
interface TransformController<Out = any> {
  readonly desiredSize: number | null
  enqueue(chunk: Out): void
  error(reason?: unknown): void
  terminate(): void
}
interface PipeOptions {
  preventAbort?: boolean
  preventCancel?: boolean
  preventClose?: boolean
  signal?: AbortSignal
}
type ReadResult<Chunk> = { done: false; value: Chunk } | { done: true; value: Chunk | undefined }

declare class ReadableStream<Chunk = any> {
  constructor(source?: StreamSource<Chunk>, strategy?: QueuingStrategy<Chunk>)
  readonly locked: boolean
  cancel(reason?: unknown): Promise<void>
  getReader(): ReadableStreamDefaultReader<Chunk>
  getReader(options: { mode: 'byob' }): ReadableStreamBYOBReader
  pipeThrough<Out>(
    pair: { readable: ReadableStream<Out>; writable: WritableStream<Chunk> },
    options?: PipeOptions,
  ): ReadableStream<Out>
  pipeTo(target: WritableStream<Chunk>, options?: PipeOptions): Promise<void>
  tee(): [ReadableStream<Chunk>, ReadableStream<Chunk>]
  values(options?: { preventCancel?: boolean }): AsyncIterableIterator<Chunk>
  [Symbol.asyncIterator](): AsyncIterableIterator<Chunk>
  static from<Chunk>(source: Iterable<Chunk> | AsyncIterable<Chunk>): ReadableStream<Chunk>
}
declare class ReadableStreamDefaultReader<Chunk = any> {
  constructor(stream: ReadableStream<Chunk>)
  readonly closed: Promise<void>
  cancel(reason?: unknown): Promise<void>
  read(): Promise<ReadResult<Chunk>>
  releaseLock(): void
}
declare class ReadableStreamBYOBReader {
  constructor(stream: ReadableStream)
  readonly closed: Promise<void>
  cancel(reason?: unknown): Promise<void>
  read<View extends ArrayBufferView>(view: View): Promise<ReadResult<View>>
  releaseLock(): void
}
declare class WritableStream<Chunk = any> {
  constructor(sink?: StreamSink<Chunk>, strategy?: QueuingStrategy<Chunk>)
  readonly locked: boolean
  abort(reason?: unknown): Promise<void>
  close(): Promise<void>
  getWriter(): WritableStreamDefaultWriter<Chunk>
}
declare class WritableStreamDefaultWriter<Chunk = any> {
  constructor(stream: WritableStream<Chunk>)
  readonly closed: Promise<void>
  readonly ready: Promise<void>
  readonly desiredSize: number | null
  abort(reason?: unknown): Promise<void>
  close(): Promise<void>
  releaseLock(): void
  write(chunk: Chunk): Promise<void>
}
declare class TransformStream<In = any, Out = any> {
  constructor(
    transformer?: StreamTransformer<In, Out>,
    writable?: QueuingStrategy<In>,
    readable?: QueuingStrategy<Out>,
  )
  readonly readable: ReadableStream<Out>
  readonly writable: WritableStream<In>
}
declare class TextEncoderStream {
  readonly encoding: string
  readonly readable: ReadableStream<Uint8Array>
  readonly writable: WritableStream<string>
}
declare class TextDecoderStream {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  readonly encoding: string
  readonly fatal: boolean
  readonly ignoreBOM: boolean
  readonly readable: ReadableStream<string>
  readonly writable: WritableStream<BufferSource>
}
declare class ByteLengthQueuingStrategy {
  constructor(init: { highWaterMark: number })
  readonly highWaterMark: number
  readonly size: (chunk: ArrayBufferView) => number
}
declare class CountQueuingStrategy {
  constructor(init: { highWaterMark: number })
  readonly highWaterMark: number
  readonly size: (chunk?: unknown) => number
}

type HashName = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512'
interface HmacAlgorithm {
  name: 'HMAC'
  hash: HashName | { name: HashName }
  length?: number
}
type KeyUsage = 'sign' | 'verify'
declare class CryptoKey {
  private constructor()
  readonly type: string
  readonly extractable: boolean
  readonly algorithm: { name: string; length: number; hash: { name: string } }
  readonly usages: KeyUsage[]
}
interface SubtleCrypto {
  digest(algorithm: HashName | { name: HashName }, data: BufferSource): Promise<ArrayBuffer>
  importKey(
    format: 'raw',
    data: BufferSource,
    algorithm: HmacAlgorithm,
    extractable: boolean,
    usages: KeyUsage[],
  ): Promise<CryptoKey>
  importKey(
    format: 'jwk',
    data: { kty: 'oct'; k: string },
    algorithm: HmacAlgorithm,
    extractable: boolean,
    usages: KeyUsage[],
  ): Promise<CryptoKey>
  exportKey(format: 'raw', key: CryptoKey): Promise<ArrayBuffer>
  exportKey(
    format: 'jwk',
    key: CryptoKey,
  ): Promise<{ kty: string; k: string; alg: string; ext: boolean; key_ops: string[] }>
  generateKey(algorithm: HmacAlgorithm, extractable: boolean, usages: KeyUsage[]): Promise<CryptoKey>
  sign(algorithm: 'HMAC' | { name: 'HMAC' }, key: CryptoKey, data: BufferSource): Promise<ArrayBuffer>
  verify(
    algorithm: 'HMAC' | { name: 'HMAC' },
    key: CryptoKey,
    signature: BufferSource,
    data: BufferSource,
  ): Promise<boolean>
}
/** Random values, digests and HMAC, computed inside the isolate. */
declare const crypto: {
  readonly subtle: SubtleCrypto
  getRandomValues<Values extends ArrayBufferView>(values: Values): Values
  randomUUID(): `${string}-${string}-${string}-${string}-${string}`
}

declare function structuredClone<Value>(value: Value, options?: { transfer?: ArrayBuffer[] }): Value
/** Whole milliseconds since the execution began. */
/** Another name of `globalThis`. */
declare const self: typeof globalThis
declare const performance: { now(): number; readonly timeOrigin: number; toJSON(): object }
declare function setTimeout<Args extends unknown[]>(
  callback: (...args: Args) => unknown,
  milliseconds?: number,
  ...args: Args
): number
declare function setInterval<Args extends unknown[]>(
  callback: (...args: Args) => unknown,
  milliseconds?: number,
  ...args: Args
): number
declare function clearTimeout(id: number | undefined): void
declare function clearInterval(id: number | undefined): void
declare function queueMicrotask(callback: () => void): void
declare const console: Record<
  | 'debug'
  | 'trace'
  | 'log'
  | 'info'
  | 'dir'
  | 'dirxml'
  | 'table'
  | 'warn'
  | 'error'
  | 'clear'
  | 'count'
  | 'countReset'
  | 'group'
  | 'groupCollapsed'
  | 'groupEnd'
  | 'time'
  | 'timeLog'
  | 'timeEnd',
  (...values: unknown[]) => void
> & {
  assert(condition?: unknown, ...values: unknown[]): void
}
/** The same objects as the module 'pgscript' exports. */
declare const sdk: typeof import('pgscript').sdk
