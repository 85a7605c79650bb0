import { type Call, CallError, type OpenBinding, type RunBinding, type RunScope } from './binding.ts'

/** The script API as one run has it. */
export interface RunApi {
  /**
   * JSON text of the arguments in, JSON text of the answer out; `taken` resolves when the caller no longer
   * holds it. @throws {CallError}
   */
  call(name: string, args: string, taken: Promise<void>): Promise<string>
  close(): Promise<void>
}

/** The parts of the script API that a node offers. */
export interface ScriptApi {
  open(run: RunScope): RunApi
}

export interface ScriptApiOptions {
  parts: readonly OpenBinding[]
  /** Told of each call before it is made, by its kind: the name up to the dot. */
  onCall?(kind: string): void
}

/**
 * Puts the parts of the script API together. A part is opened for a run with the first call of that run.
 */
export function createScriptApi({ parts, onCall }: ScriptApiOptions): ScriptApi {
  return {
    open(run) {
      let opened: readonly RunBinding[] | undefined
      const open = () => {
        opened ??= parts.map((part) => part(run))
        return opened
      }

      function find(name: string): Call | undefined {
        for (const { calls } of open()) if (Object.hasOwn(calls, name)) return calls[name]
        return undefined
      }

      return {
        async call(name, argsText, taken) {
          const call = find(name)
          if (call === undefined) throw new CallError('not_available', `${name} is not available here.`)
          onCall?.(name.split('.', 1)[0] ?? name)
          const args: unknown = JSON.parse(argsText)
          if (!Array.isArray(args))
            throw new CallError('invalid_arguments', `${name}: no arguments were sent.`)
          return JSON.stringify((await call(args, taken)) ?? null)
        },
        async close() {
          await Promise.allSettled((opened ?? []).map((binding) => binding.close?.()))
        },
      }
    },
  }
}
