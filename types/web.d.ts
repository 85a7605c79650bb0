/** The web's globals that a script finds beside ECMAScript's own (`lib: ["esnext"]`). */

type BufferSource = ArrayBuffer | ArrayBufferView
type BodyInit =
  | string
  | BufferSource
  | Blob
  | FormData
  | URLSearchParams
  | ReadableStream
  | AsyncIterable<Uint8Array | string>
type HeadersInit = Headers | Record<string, string> | Iterable<readonly [string, string]>
type FormDataEntryValue = string | File
type EventListener = ((event: Event) => unknown) | { handleEvent(event: Event): unknown }
interface EventInit {
  bubbles?: boolean
  cancelable?: boolean
  composed?: boolean
}
interface ListenerOptions {
  capture?: boolean
  once?: boolean
  passive?: boolean
  signal?: AbortSignal
}
interface RequestInit {
  method?: string
  headers?: HeadersInit
  body?: BodyInit | null
  redirect?: 'follow' | 'manual' | 'error'
  signal?: AbortSignal | null
}
interface ResponseInit {
  status?: number
  statusText?: string
  headers?: HeadersInit
}

declare class DOMException extends Error {
  constructor(message?: string, options?: string | { name?: string; cause?: unknown })
  readonly code: number
}

declare class TextEncoder {
  readonly encoding: string
  encode(text?: string): Uint8Array<ArrayBuffer>
  encodeInto(text: string, target: Uint8Array): { read: number; written: number }
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  readonly encoding: string
  readonly fatal: boolean
  readonly ignoreBOM: boolean
  decode(input?: BufferSource, options?: { stream?: boolean }): string
}
declare function atob(data: string): string
declare function btoa(data: string): string

declare class Event {
  constructor(type: string, init?: EventInit)
  readonly type: string
  readonly target: EventTarget | null
  readonly srcElement: EventTarget | null
  readonly currentTarget: EventTarget | null
  readonly eventPhase: number
  readonly bubbles: boolean
  readonly cancelable: boolean
  readonly composed: boolean
  readonly defaultPrevented: boolean
  readonly returnValue: boolean
  readonly isTrusted: boolean
  readonly timeStamp: number
  cancelBubble: boolean
  composedPath(): EventTarget[]
  preventDefault(): void
  stopPropagation(): void
  stopImmediatePropagation(): void
}
declare class CustomEvent<Detail = unknown> extends Event {
  constructor(type: string, init?: EventInit & { detail?: Detail })
  readonly detail: Detail
}
declare class EventTarget {
  addEventListener(type: string, listener: EventListener | null, options?: boolean | ListenerOptions): void
  removeEventListener(type: string, listener: EventListener | null, options?: boolean | ListenerOptions): void
  dispatchEvent(event: Event): boolean
}
declare class AbortSignal extends EventTarget {
  private constructor()
  readonly aborted: boolean
  readonly reason: any
  onabort: ((event: Event) => unknown) | null
  throwIfAborted(): void
  static abort(reason?: unknown): AbortSignal
  static timeout(milliseconds: number): AbortSignal
  static any(signals: Iterable<AbortSignal>): AbortSignal
}
declare class AbortController {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}

declare class URL {
  constructor(url: string | URL, base?: string | URL)
  href: string
  readonly origin: string
  protocol: string
  username: string
  password: string
  host: string
  hostname: string
  port: string
  pathname: string
  search: string
  readonly searchParams: URLSearchParams
  hash: string
  toString(): string
  toJSON(): string
  static parse(url: string | URL, base?: string | URL): URL | null
  static canParse(url: string | URL, base?: string | URL): boolean
}
declare class URLSearchParams {
  constructor(init?: string | Record<string, string> | Iterable<readonly [string, string]>)
  readonly size: number
  append(name: string, value: string): void
  delete(name: string, value?: string): void
  get(name: string): string | null
  getAll(name: string): string[]
  has(name: string, value?: string): boolean
  set(name: string, value: string): void
  sort(): void
  toString(): string
  keys(): IterableIterator<string>
  values(): IterableIterator<string>
  entries(): IterableIterator<[string, string]>
  forEach(callback: (value: string, name: string, params: URLSearchParams) => void, self?: unknown): void
  [Symbol.iterator](): IterableIterator<[string, string]>
}

declare class Headers {
  constructor(init?: HeadersInit)
  append(name: string, value: string): void
  delete(name: string): void
  get(name: string): string | null
  getSetCookie(): string[]
  has(name: string): boolean
  set(name: string, value: string): void
  forEach(callback: (value: string, name: string, headers: Headers) => void, self?: unknown): void
  keys(): IterableIterator<string>
  values(): IterableIterator<string>
  entries(): IterableIterator<[string, string]>
  [Symbol.iterator](): IterableIterator<[string, string]>
}
declare class Blob {
  constructor(
    parts?: Iterable<BufferSource | Blob | string>,
    options?: { type?: string; endings?: 'transparent' | 'native' },
  )
  readonly size: number
  readonly type: string
  text(): Promise<string>
  bytes(): Promise<Uint8Array<ArrayBuffer>>
  arrayBuffer(): Promise<ArrayBuffer>
  slice(start?: number, end?: number, type?: string): Blob
  stream(): ReadableStream<Uint8Array>
}
declare class File extends Blob {
  constructor(
    parts: Iterable<BufferSource | Blob | string>,
    name: string,
    options?: { type?: string; lastModified?: number },
  )
  readonly name: string
  readonly lastModified: number
}
declare class FormData {
  append(name: string, value: string | Blob, fileName?: string): void
  delete(name: string): void
  get(name: string): FormDataEntryValue | null
  getAll(name: string): FormDataEntryValue[]
  has(name: string): boolean
  set(name: string, value: string | Blob, fileName?: string): void
  forEach(callback: (value: FormDataEntryValue, name: string, form: FormData) => void, self?: unknown): void
  keys(): IterableIterator<string>
  values(): IterableIterator<FormDataEntryValue>
  entries(): IterableIterator<[string, FormDataEntryValue]>
  [Symbol.iterator](): IterableIterator<[string, FormDataEntryValue]>
}
interface Body {
  readonly body: ReadableStream<Uint8Array> | null
  readonly bodyUsed: boolean
  text(): Promise<string>
  json(): Promise<any>
  bytes(): Promise<Uint8Array<ArrayBuffer>>
  arrayBuffer(): Promise<ArrayBuffer>
  blob(): Promise<Blob>
  formData(): Promise<FormData>
}
declare class Request {
  constructor(input: string | URL | Request, init?: RequestInit)
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly signal: AbortSignal
  readonly redirect: 'follow' | 'manual' | 'error'
  readonly mode: string
  readonly credentials: string
  readonly cache: string
  readonly referrer: string
  readonly referrerPolicy: string
  readonly integrity: string
  readonly keepalive: boolean
  readonly destination: string
  readonly duplex: string
  clone(): Request
}
interface Request extends Body {}
declare class Response {
  constructor(body?: BodyInit | null, init?: ResponseInit)
  readonly type: string
  readonly url: string
  readonly redirected: boolean
  readonly status: number
  readonly ok: boolean
  readonly statusText: string
  readonly headers: Headers
  clone(): Response
  static json(data: unknown, init?: ResponseInit): Response
  static redirect(url: string | URL, status?: 301 | 302 | 303 | 307 | 308): Response
  static error(): Response
}
interface Response extends Body {}
/** Public addresses only. Does not throw for a status; network errors have a `code`. */
declare function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
