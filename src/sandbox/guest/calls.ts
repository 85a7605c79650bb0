import type { Boundary } from './boundary.ts'
import type { GuestErrors } from './errors.ts'
import type { LiveExecution } from './live.ts'
import type { Send } from './logs.ts'
import type { Primordials } from './primordials.ts'

interface Waiting {
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
  /** Made where the call is: by the time of the answer the script's own line is no longer on the stack. */
  site: Error
}

/** The calls of one execution. */
export interface CallState {
  made: number
  waiting: Map<number, Waiting> | undefined
  /** Of `db.transaction`, which does not nest. */
  inTransaction: boolean
}

export interface CallsParts {
  errors: GuestErrors
  boundary: Boundary
  send: Send
  live(): LiveExecution
}

/** The script API's way out: a call leaves as JSON text and its answer comes back as JSON text. */
export function createCalls(p: Primordials, { errors, boundary, send, live }: CallsParts) {
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
      const { open, limits, callState: state } = live()
      if (!open) throw errors.codedAt(site, 'execution_ended', 'This execution has ended.', false)
      if (state.made >= limits.hostCalls) {
        const message = `This execution has used its ${limits.hostCalls} calls of the script API.`
        throw errors.codedAt(site, 'api_call_limit', message, false)
      }
      const text = textOf(name, args, site)
      state.made += 1
      state.waiting ??= p.newMap()
      p.mapSet(state.waiting, state.made, { __proto__: null, resolve, reject, site } as unknown as Waiting)
      send('call', state.made, name, text)
    })
  }

  function settle(id: number, ok: boolean, text: string): void {
    const { waiting } = live().callState
    const caller = waiting && (p.mapGet(waiting, id) as Waiting | undefined)
    if (waiting === undefined || caller === undefined) return
    p.mapDelete(waiting, id)
    const value = p.parse(text)
    if (ok) caller.resolve(value)
    else caller.reject(errors.codedAt(caller.site, value.code, value.message, value.retryable))
  }

  return {
    call,
    settle,
    left: () => live().limits.hostCalls - live().callState.made,
    begin: (): CallState => ({ made: 0, waiting: undefined, inTransaction: false }),
    /** Answers are dropped from now on. */
    end: ({ waiting }: CallState) => {
      if (waiting) p.mapClear(waiting)
    },
  }
}
