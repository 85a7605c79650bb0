import type { GuestErrors } from './errors.ts'
import type { Send } from './logs.ts'
import type { Primordials } from './primordials.ts'

/** The script API's way out: a call leaves as JSON text and its answer comes back as JSON text. */
export function createCalls(p: Primordials, errors: GuestErrors, send: Send, limit: number) {
  interface Waiting {
    resolve: (value: unknown) => void
    reject: (error: unknown) => void
  }
  const waiting = p.newMap<number, Waiting>()
  let made = 0
  let ended = false

  function call(name: string, args: unknown[]): Promise<unknown> {
    return new p.Promise((resolve, reject) => {
      if (ended) throw errors.coded('execution_ended', 'This execution has ended.', false)
      if (made >= limit) {
        throw errors.coded(
          'api_call_limit',
          `This execution has used its ${limit} calls of the script API.`,
          false,
        )
      }
      const text = p.stringify(args)
      made += 1
      p.mapSet(waiting, made, { __proto__: null, resolve, reject } as unknown as Waiting)
      send('call', made, name, text)
    })
  }

  function settle(id: number, ok: boolean, text: string): void {
    const caller = p.mapGet(waiting, id) as Waiting | undefined
    if (caller === undefined) return
    p.mapDelete(waiting, id)
    const value = p.parse(text)
    if (ok) caller.resolve(value)
    else caller.reject(errors.coded(value.code, value.message, value.retryable))
  }

  /** An object whose methods are calls: `namespace('db', ['query'])` gives `db.query(…)`. */
  function namespace(name: string, methods: string[]): object {
    const object: Record<string, unknown> = {}
    for (const method of methods) {
      object[method] = (...args: unknown[]) => call(`${name}.${method}`, args)
    }
    return p.freeze(object)
  }

  return {
    call,
    settle,
    namespace,
    /** What is left of the run may still call; it is refused, and answers to it are dropped. */
    end: () => {
      ended = true
      p.mapClear(waiting)
    },
  }
}
