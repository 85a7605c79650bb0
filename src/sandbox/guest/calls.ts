import type { Boundary } from './boundary.ts'
import type { GuestErrors } from './errors.ts'
import type { Send } from './logs.ts'
import type { Primordials } from './primordials.ts'

export interface CallsParts {
  errors: GuestErrors
  boundary: Boundary
  send: Send
  limit: number
}

/** The script API's way out: a call leaves as JSON text and its answer comes back as JSON text. */
export function createCalls(p: Primordials, { errors, boundary, send, limit }: CallsParts) {
  interface Waiting {
    resolve: (value: unknown) => void
    reject: (error: unknown) => void
    /** Made where the call is: by the time of the answer the script's own line is no longer on the stack. */
    site: Error
  }
  const waiting = p.newMap<number, Waiting>()
  let made = 0
  let ended = false

  function textOf(name: string, args: readonly unknown[], site: Error): string {
    let text = '['
    for (let index = 0; index < args.length; index += 1) {
      const refuse = (reason: string) =>
        errors.codedAt(site, 'invalid_arguments', `${name}: ${reason}`, false)
      const part = boundary.write(args[index], `argument ${index + 1}`, refuse) ?? 'null'
      text += index === 0 ? part : `,${part}`
    }
    return `${text}]`
  }

  /** @param args without those at the end that are undefined: the host has its defaults */
  function call(name: string, args: readonly unknown[]): Promise<unknown> {
    const site = new p.Error()
    return new p.Promise((resolve, reject) => {
      if (ended) throw errors.codedAt(site, 'execution_ended', 'This execution has ended.', false)
      if (made >= limit) {
        const message = `This execution has used its ${limit} calls of the script API.`
        throw errors.codedAt(site, 'api_call_limit', message, false)
      }
      const text = textOf(name, args, site)
      made += 1
      p.mapSet(waiting, made, { __proto__: null, resolve, reject, site } as unknown as Waiting)
      send('call', made, name, text)
    })
  }

  function settle(id: number, ok: boolean, text: string): void {
    const caller = p.mapGet(waiting, id) as Waiting | undefined
    if (caller === undefined) return
    p.mapDelete(waiting, id)
    const value = p.parse(text)
    if (ok) caller.resolve(value)
    else caller.reject(errors.codedAt(caller.site, value.code, value.message, value.retryable))
  }

  return {
    call,
    settle,
    left: () => limit - made,
    /** What is left of the run may still call; it is refused, and answers to it are dropped. */
    end: () => {
      ended = true
      p.mapClear(waiting)
    },
  }
}
