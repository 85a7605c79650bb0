import type { Library } from './library.ts'
import type { Primordials } from './primordials.ts'

/** The parts of the script API, by the module that has them. */
export const sdkParts = {
  hostApi: ['cache', 'storage', 'events', 'scripts', 'secrets', 'variables', 'collections', 'services'],
  database: ['db'],
  http: ['http'],
  fetch: ['fetch'],
  crypto: ['crypto'],
  utils: ['utils'],
} as const

/** `sdk`, and the module 'pgscript' with the same names: accessors, for few scripts use more than two or three. */
export function createSdk(p: Primordials, library: Library, parts: typeof sdkParts) {
  const { PermanentError, RetryAfterError, HttpError } = library.errors
  const values = { PermanentError, RetryAfterError, HttpError }

  function lay(target: object): object {
    const own = (name: string, get: () => unknown) =>
      p.defineProperty(target, name, { get, enumerable: true, configurable: true })
    own('log', () => library.live().logs.log)
    own('context', () => library.live().context)
    for (const module of p.keys(parts) as (keyof typeof parts)[])
      for (const name of parts[module])
        own(name, () => (library.load(module) as unknown as Record<string, unknown>)[name])
    for (const name of p.keys(values))
      p.defineProperty(target, name, { value: values[name as keyof typeof values], enumerable: true })
    return target
  }

  const sdk = p.freeze(lay({}))
  const module = lay({})
  p.defineProperty(module, 'sdk', { value: sdk, enumerable: true })
  return { sdk, module: p.freeze(module) }
}
