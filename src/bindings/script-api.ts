import {
  isConnectionError,
  RefusedByDatabaseError,
  understandDatabaseError,
} from '../database/database-error.ts'
import { tooMuchToParse } from '../database/json-depth.ts'
import { AppError } from '../errors.ts'
import type { Logger } from '../log.ts'
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
  /** When no run is left. */
  close(): Promise<void>
}

export interface ScriptApiOptions {
  parts: readonly OpenBinding[]
  /** Told of each call before it is made, by its kind: the name up to the dot. */
  onCall?(kind: string): void
  /** Lets each call in, by its kind, when it may be made. @throws {CallError} `rate_limited` */
  admit?(run: RunScope, kind: string): Promise<void> | void
  /** Told what of ours went wrong; the script is not. */
  logger?: Logger
  /** Closes what the parts share between runs. */
  onClose?(): Promise<void>
}

/** No call needs more; to parse so many takes up to a tenth of a second, in which nobody else is served. */
const mostParts = 100_000
/** With the commas between them. */
const most = { levels: 1_000, parts: 1.1 * mostParts }

/**
 * Puts the parts of the script API together. A part is opened for a run with the first call of that run.
 */
export function createScriptApi(options: ScriptApiOptions): ScriptApi {
  const { parts, onCall, onClose, admit, logger } = options
  return {
    close: async () => await onClose?.(),
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
          const kind = name.split('.', 1)[0] ?? name
          onCall?.(kind)
          try {
            const args = argumentsOf(name, argsText)
            await admit?.(run, kind)
            return JSON.stringify((await call(args, taken)) ?? null)
          } catch (error) {
            throw asCallError(error, name, run, logger)
          }
        },
        async close() {
          await Promise.allSettled((opened ?? []).map((binding) => binding.close?.()))
        },
      }
    },
  }
}

function argumentsOf(name: string, text: string): readonly unknown[] {
  const excess = tooMuchToParse(text, most)
  if (excess === 'deep')
    throw new CallError('invalid_arguments', `${name}: the arguments are nested too deep.`)
  if (excess === 'many')
    throw new CallError(
      'arguments_too_large',
      `${name}: the arguments hold more than ${mostParts} texts, arrays and objects; make several calls.`,
    )
  const args: unknown = JSON.parse(text)
  if (!Array.isArray(args)) throw new CallError('invalid_arguments', `${name}: no arguments were sent.`)
  return args
}

/** What a script may know of an error: all of a refusal, and of ours that there was one. */
function asCallError(thrown: unknown, name: string, run: RunScope, logger?: Logger): CallError {
  const error = understandDatabaseError(thrown)
  if (error instanceof CallError) return error
  if (error instanceof AppError && error.status < 500 && error.code !== 'capability_refused') {
    const hint = error instanceof RefusedByDatabaseError && error.hint ? ` ${error.hint}` : ''
    return new CallError(error.code, error.message + hint, { retryable: error.status === 429, cause: error })
  }
  logger?.warn({ err: error, call: name, execution_id: run.executionId }, 'a call of the script API failed')
  const cause = { cause: error, retryable: true }
  return isConnectionError(error)
    ? new CallError('database_unavailable', `${name}: the database cannot be reached now.`, cause)
    : new CallError('internal_error', `${name}: the call failed.`, cause)
}
