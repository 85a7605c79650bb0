import type { GuestErrors } from './errors.ts'
import type { LogLimits, Send } from './logs.ts'
import type { createOutput } from './output.ts'
import type { Primordials } from './primordials.ts'
import type { GuestParts } from './world.ts'

export interface GuestLimits extends LogLimits {
  outputBytes: number
  hostCalls: number
}

type Body = (importModule: (specifier: string) => object, exports: Record<string, unknown>) => Promise<void>

export interface ExecuteParts extends GuestParts {
  errors: GuestErrors
  importModule: (specifier: string) => object
  outputText: ReturnType<typeof createOutput>
  send: Send
}

/**
 * The one function through which the host enters: `start` a body, `settle` a call, `wake` the timers.
 * How a run ended leaves as text, through `done`, exactly once; no author object ever crosses.
 */
export function createEntry(p: Primordials, parts: ExecuteParts) {
  const { errors, logs, timers, calls, importModule, outputText, send } = parts
  let body: Body | undefined
  let finished = false

  // The body arrives by calling this from its own script, whose completion value is then undefined: a
  // function as completion value ends a reused isolate after some 800 runs.
  p.defineProperty(globalThis, '$pgscript$', {
    value: (given: Body) => {
      body = given
      delete (globalThis as Record<string, unknown>).$pgscript$
    },
    configurable: true,
  })

  function finish(verdict: string, payload: string): void {
    if (finished) return
    finished = true
    logs.end()
    calls.end()
    send('done', verdict, payload)
  }

  function fail(thrown: unknown): void {
    if (finished) return
    finish('error', p.stringify(errors.describe(thrown)))
  }

  function deepFreeze(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    for (const key of p.keys(value)) deepFreeze((value as Record<string, unknown>)[key])
    return p.freeze(value)
  }

  async function start(input: string, context: string, limits: GuestLimits): Promise<void> {
    try {
      if (body === undefined) throw errors.coded('no_body', 'The code is not a function.', false)
      const exports = { __proto__: null } as unknown as Record<string, unknown>
      await body(importModule, exports)
      const main = exports.default
      if (typeof main !== 'function') {
        throw errors.coded('no_default_export', 'The script has no default export that is a function.', false)
      }
      const value = await main(p.parse(input), deepFreeze(p.parse(context)))
      const text = outputText(value)
      if (text.length > limits.outputBytes) finish('output_limit', '')
      else finish('completed', text)
    } catch (thrown) {
      fail(thrown)
    }
  }

  timers.onError(fail)

  return function enter(verb: string, a: string | number, b: string | boolean, c: string): void {
    if (verb === 'start') {
      const limits: GuestLimits = p.parse(c)
      logs.begin(limits)
      calls.begin(limits.hostCalls)
      void start(a as string, b as string, limits)
    } else if (finished) return
    else if (verb === 'settle') calls.settle(a as number, b as boolean, c)
    else if (verb === 'wake') timers.wake()
  }
}
