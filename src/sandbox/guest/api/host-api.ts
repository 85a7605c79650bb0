import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** The parts of the API that are calls of the host and little else. */
export function createHostApi(p: Primordials, library: Library) {
  /** A call without the arguments at its end that were not given: the host has its defaults. */
  function call(name: string, ...args: unknown[]): Promise<unknown> {
    while (args.length > 0 && args.at(-1) === undefined) args.pop()
    return library.live().calls.call(name, args)
  }

  const cache = {
    get: (key: string) => call('cache.get', key),
    set: (key: string, value: unknown, options?: object) => call('cache.set', key, value, options),
    delete: (key: string) => call('cache.delete', key),
    exists: (key: string) => call('cache.exists', key),
    increment: (key: string, by = 1, options?: object) => call('cache.increment', key, by, options),
    expire: (key: string, ttlSeconds: number) => call('cache.expire', key, ttlSeconds),
  }
  const storage = {
    get: (key: string) => call('storage.get', key),
    set: (key: string, value: unknown) => call('storage.set', key, value),
    delete: (key: string) => call('storage.delete', key),
    exists: (key: string) => call('storage.exists', key),
    list: (options: object = {}) => call('storage.list', options),
  }
  const events = {
    publish: (type: string, payload: unknown = {}, options?: object) =>
      call('events.publish', type, payload, options),
  }
  const scripts = {
    execute: (name: string, input?: unknown, options?: object) =>
      call('scripts.execute', name, input, options),
    enqueue: (name: string, input?: unknown, options?: object) =>
      call('scripts.enqueue', name, input, options),
  }
  const secrets = { get: (name: string) => call('secrets.get', name) }
  const variables = { get: (name: string) => call('variables.get', name) }

  function collection(name: string) {
    if (typeof name !== 'string' || name === '')
      throw library.errors.coded('invalid_arguments', 'collections.get: the name must be a text.', false)
    return p.freeze({
      name,
      find: (query: object = {}) => call('collections.find', name, query),
      get: (id: string) => call('collections.get', name, id),
      insert: (documents: unknown) => call('collections.insert', name, documents),
      update: (id: string, patch: object, options?: object) =>
        call('collections.update', name, id, patch, options),
      delete: (id: string) => call('collections.delete', name, id),
    })
  }
  const collections = { get: collection }

  const callService = (name: string, ...args: unknown[]) => call('services.call', name, args)
  const target = p.create(null) as Record<string, unknown>
  p.defineProperty(target, 'call', { value: callService, enumerable: true })
  // What asks an object whether it is a promise or has a JSON form must not be taken for a service.
  const taken = ['then', 'toJSON']
  const services = new Proxy(p.freeze(target), {
    get(from, name) {
      if (typeof name !== 'string' || taken.includes(name)) return undefined
      return name === 'call' ? from.call : (...args: unknown[]) => callService(name, ...args)
    },
  }) as { call: typeof callService } & Record<string, (...args: unknown[]) => Promise<unknown>>

  const parts = { cache, storage, events, scripts, secrets, variables, collections }
  for (const part of Object.values(parts)) p.freeze(part)
  return { ...parts, services }
}
