import type { LiveExecution } from './live.ts'
import type { LogLimits } from './logs.ts'
import type { createOutput } from './output.ts'
import type { Primordials } from './primordials.ts'
import type { World, WorldParts } from './world.ts'

export interface GuestLimits extends LogLimits {
  wallMs: number
  outputBytes: number
  hostCalls: number
}

type Body = (importModule: (specifier: string) => object, exports: Record<string, unknown>) => Promise<void>

export interface ExecuteParts extends WorldParts {
  outputText: ReturnType<typeof createOutput>
  importModule: World['importModule']
  send(verb: string, a: string, b: string, c: string, d: string, run: number): void
  live(): LiveExecution
}

export interface Executions {
  begin(execution: LiveExecution, body: () => unknown, input: string): Promise<void>
  /** Ends the one at hand with an error that nobody caught. */
  fail(thrown: unknown): void
  /** Ends it from outside, without a word. */
  abandon(execution: LiveExecution): void
}

/**
 * Executions from their world to their end. How one ended leaves as text, through `done`, exactly once; no
 * author object ever crosses. After that nothing of it leaves any more: what of its code still runs, in the
 * microtasks that are left, finds its logs, calls and timers dead, and later none of it runs at all.
 */
export function createExecutions(
  p: Primordials,
  { errors, outputText, importModule, timers, calls, send, live }: ExecuteParts,
): Executions {
  /** The node reads no more; characters that JSON escapes take six times their room. */
  const longestError = 500_000

  function abandon(execution: LiveExecution): void {
    execution.open = false
    execution.logState.open = false
    timers.end(execution.timerState)
    calls.end(execution.callState)
  }

  function finish(execution: LiveExecution, verdict: string, payload: string): void {
    if (!execution.open) return
    abandon(execution)
    send('done', verdict, payload, '', '', execution.number)
  }

  function failWith(execution: LiveExecution, thrown: unknown): void {
    if (!execution.open) return
    const described = errors.describe(thrown)
    const whole = p.stringify(described)
    if (whole.length <= longestError) finish(execution, 'error', whole)
    else finish(execution, 'error', p.stringify({ __proto__: null, ...described, cause: null, errors: null }))
  }

  async function begin(execution: LiveExecution, bodyOf: () => unknown, input: string): Promise<void> {
    try {
      const body = bodyOf()
      if (typeof body !== 'function') throw errors.coded('no_body', 'The code is not a function.', false)
      const exports = { __proto__: null } as unknown as Record<string, unknown>
      await (body as Body)(importModule, exports)
      const main = exports.default
      if (typeof main !== 'function') {
        const what = main === null ? 'null' : typeof main
        const message = `The script has no default export that is a function; it is ${what}. Write \`export default async function (input, context) { … }\`.`
        throw errors.coded('no_default_export', message, false)
      }
      const value = await main(p.parse(input), execution.context)
      const text = outputText(value)
      if (text.length > execution.limits.outputBytes) finish(execution, 'output_limit', '')
      else finish(execution, 'completed', text)
    } catch (thrown) {
      failWith(execution, thrown)
    }
  }

  return { begin, abandon, fail: (thrown) => failWith(live(), thrown) }
}
