import { AppError } from '../errors.ts'

/** What a run is, for the host side of the script API: as whom it calls, and for how long. */
export interface RunScope {
  tenantId: string
  tenantKey: string
  /** Null for a source that is no saved script. */
  scriptId: string | null
  scriptName: string
  executionId: string
  userId: string | null
  /** Effective limits by the names of pgscript_engine.limit_definitions. */
  limits: Readonly<Record<string, number>>
  /** Of the tenant, in force now, by the names of pgscript_engine.setting_definitions. */
  settings: Readonly<Record<string, unknown>>
  /** Aborted when the run is over, however it ended: whatever was begun for it must stop. */
  signal: AbortSignal
  /** When its wall time ends at the latest (performance.now()). */
  deadline: number
}

/**
 * Answers one call of the script API: JSON-like arguments in, a JSON-like value out. `taken` resolves when
 * the answer is no longer held in this process, for calls that bound what they hold; at the end of the run
 * at the latest.
 */
export type Call = (args: readonly unknown[], taken: Promise<void>) => Promise<unknown>

/** The calls that one run may make of one part of the API, by full name such as `db.query`. */
export interface RunBinding {
  calls: Readonly<Record<string, Call>>
  /** Gives back what the run held (connections, leases); called once, when it is over. */
  close?(): Promise<void>
}

/** Makes a part of the API ready for one run; cheap, for most runs never call it. */
export type OpenBinding = (run: RunScope) => RunBinding

/**
 * What a script is told when a call fails: a stable code, a message that says nothing of ours, and
 * whether the same call may succeed later.
 */
export class CallError extends AppError {
  readonly status = 422
  readonly code: string
  readonly retryable: boolean

  constructor(code: string, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
  }
}
