import type { GuestErrors } from './errors.ts'
import type { LogLimits, Send } from './logs.ts'
import type { createOutput } from './output.ts'
import type { Primordials } from './primordials.ts'
import type { World, WorldParts } from './world.ts'

export interface GuestLimits extends LogLimits {
  outputBytes: number
  hostCalls: number
}

type Body = (importModule: (specifier: string) => object, exports: Record<string, unknown>) => Promise<void>

export interface ExecuteParts {
  errors: GuestErrors
  outputText: ReturnType<typeof createOutput>
  createParts(send: Send, limits: GuestLimits, failed: (thrown: unknown) => void): WorldParts
  createWorld(parts: WorldParts): World
}

export interface Execution {
  parts: WorldParts
  /** Ends it with an error that nobody caught. */
  fail(thrown: unknown): void
  begin(bodyFor: (world: World) => unknown, input: string, context: string): Promise<void>
}

/**
 * One execution, from its world to its end. How it ended leaves as text, through `done`, exactly once; no
 * author object ever crosses. After that nothing of it leaves any more: whatever of its code could still
 * run finds its logs, calls and timers dead, even while a later execution of the realm is alive.
 */
export function createExecution(
  p: Primordials,
  { errors, outputText, createParts, createWorld }: ExecuteParts,
  send: Send,
  limits: GuestLimits,
): Execution {
  let open = true
  const parts = createParts(
    (verb, a, b, c, d) => {
      if (open) send(verb, a, b, c, d)
    },
    limits,
    fail,
  )

  function finish(verdict: string, payload: string): void {
    if (!open) return
    open = false
    parts.timers.end()
    parts.calls.end()
    send('done', verdict, payload)
  }

  function fail(thrown: unknown): void {
    if (open) finish('error', p.stringify(errors.describe(thrown)))
  }

  function deepFreeze(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    for (const key of p.keys(value)) deepFreeze((value as Record<string, unknown>)[key])
    return p.freeze(value)
  }

  async function begin(bodyFor: (world: World) => unknown, input: string, context: string): Promise<void> {
    try {
      const world = createWorld(parts)
      const body = bodyFor(world)
      if (typeof body !== 'function') throw errors.coded('no_body', 'The code is not a function.', false)
      const exports = { __proto__: null } as unknown as Record<string, unknown>
      await (body as Body)(world.importModule, exports)
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

  return { parts, begin, fail }
}
