import type { CallState } from './calls.ts'
import type { ContextState } from './context.ts'
import type { GuestLimits } from './execute.ts'
import type { LogState } from './logs.ts'
import type { TimerState } from './timers.ts'
import type { WorldParts } from './world.ts'

/**
 * The execution at hand, as the shared parts of the guest see it, and all that they keep of it: they are made
 * once for a realm, for an execution is over in less time than its own would take to make.
 */
export interface LiveExecution extends WorldParts {
  /** Of its host's runs. */
  number: number
  limits: GuestLimits
  /** Until how it ended has left: after that nothing of it leaves any more. */
  open: boolean
  /** 64 hexadecimal digits from the machine's own source, or from the seed where a run is repeated. */
  entropy: string
  startedAt: number
  /** Of the script: what its main function is given. */
  context: object
  contextState: ContextState
  logState: LogState
  timerState: TimerState
  callState: CallState
  /** Ends the execution at hand with an error that nobody caught. */
  fail(thrown: unknown): void
}
