import type { Library } from './library.ts'
import type { Primordials } from './primordials.ts'

/** The web-standard names of the global object, by the module that has them. */
export const webGlobals = {
  exception: ['DOMException'],
  encoding: ['TextEncoder', 'TextDecoder', 'atob', 'btoa'],
  events: ['Event', 'CustomEvent', 'EventTarget'],
  abort: ['AbortController', 'AbortSignal'],
  url: ['URL', 'URLSearchParams'],
  streams: [
    'ReadableStream',
    'ReadableStreamDefaultReader',
    'ReadableStreamBYOBReader',
    'WritableStream',
    'WritableStreamDefaultWriter',
    'TransformStream',
    'ByteLengthQueuingStrategy',
    'CountQueuingStrategy',
  ],
  textStreams: ['TextEncoderStream', 'TextDecoderStream'],
  blob: ['Blob', 'File'],
  formData: ['FormData'],
  headers: ['Headers'],
  request: ['Request'],
  response: ['Response'],
  fetch: ['fetch'],
  clone: ['structuredClone'],
  webCrypto: ['crypto', 'CryptoKey'],
  performance: ['performance'],
} as const

/**
 * Lays them on the global object as accessors, for most executions touch none of them. In a world of its own an
 * execution finds a plain property from the first look on; in a shared one the accessor stays and is frozen.
 */
export function layWebGlobals(
  p: Primordials,
  library: Library,
  { names, isShared }: { names: typeof webGlobals; isShared: boolean },
): void {
  function lay(module: string, name: string): void {
    const place = (target: object, value: unknown) =>
      p.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true })
    const accessor = {
      get(this: unknown) {
        const value = (library.load(module as never) as Record<string, unknown>)[name]
        if (!isShared) place(globalThis, value)
        return value
      },
      set(this: object | undefined, value: unknown) {
        const target = this ?? globalThis
        if (!p.isExtensible(target)) {
          throw new p.TypeError(`Cannot assign to '${name}': the built-in objects are read-only here.`)
        }
        place(target, value)
      },
    }
    const { get, set } = accessor
    p.defineProperty(globalThis, name, { get, set, enumerable: false, configurable: true })
  }
  for (const module of p.keys(names) as (keyof typeof names)[])
    for (const name of names[module]) lay(module, name)
}
