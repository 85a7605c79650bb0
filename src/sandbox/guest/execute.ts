import type { ContextParts, createContext } from './context.ts'
import type { GuestErrors } from './errors.ts'
import type { LogLimits, Send } from './logs.ts'
import type { createOutput } from './output.ts'
import type { Primordials } from './primordials.ts'
import type { World, WorldParts } from './world.ts'

export interface GuestLimits extends LogLimits {
  wallMs: number
  outputBytes: number
  hostCalls: number
}

type Body = (importModule: (specifier: string) => object, exports: Record<string, unknown>) => Promise<void>

export interface ExecuteParts {
  errors: GuestErrors
  outputText: ReturnType<typeof createOutput>
  createParts(send: Send, limits: GuestLimits, failed: (thrown: unknown) => void): WorldParts
  createWorld(parts: WorldParts): World
  createContext(parts: ContextParts): ReturnType<typeof createContext>
}

export interface Execution {
  parts: WorldParts
  /** Ends it with an error that nobody caught. */
  fail(thrown: unknown): void
  /** The script's context, of JSON text. */
  contextOf(text: string): object
  /** Sets off the signal that the script has asked for. */
  cancel(): void
  begin(bodyFor: (world: World) => unknown, input: string, context: object): Promise<void>
  /** Ends it from outside, without a word. */
  abandon(): void
}

/**
 * One execution, from its world to its end. How it ended leaves as text, through `done`, exactly once; no
 * author object ever crosses. After that nothing of it leaves any more: whatever of its code could still
 * run finds its logs, calls and timers dead, even while a later execution of the realm is alive.
 */
export function createExecution(
  p: Primordials,
  { errors, outputText, createParts, createWorld, createContext }: ExecuteParts,
  send: Send,
  limits: GuestLimits,
): Execution {
  let open = true
  const sendWhileOpen: Send = (verb, a, b, c, d) => {
    if (open) send(verb, a, b, c, d)
  }
  const parts = createParts(sendWhileOpen, limits, fail)
  const { make, cancel } = createContext({ ...parts, limits, announce: () => sendWhileOpen('signal') })

  function abandon(): void {
    open = false
    parts.timers.end()
    parts.calls.end()
  }

  function finish(verdict: string, payload: string): void {
    if (!open) return
    abandon()
    send('done', verdict, payload)
  }

  function fail(thrown: unknown): void {
    if (open) finish('error', p.stringify(errors.describe(thrown)))
  }

  async function begin(bodyFor: (world: World) => unknown, input: string, context: object): Promise<void> {
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
      const value = await main(p.parse(input), context)
      const text = outputText(value)
      if (text.length > limits.outputBytes) finish('output_limit', '')
      else finish('completed', text)
    } catch (thrown) {
      fail(thrown)
    }
  }

  return { parts, contextOf: make, begin, cancel, fail, abandon }
}
