import type { WorldParts } from './world.ts'

/** The execution at hand, as the shared parts of the guest see it. */
export interface LiveExecution extends WorldParts {
  /** 64 hexadecimal digits from the machine's own source, or from the seed where a run is repeated. */
  entropy: string
  startedAt: number
  /** Of the script: what its main function is given. */
  context: unknown
  /** Ends the execution with an error that nobody caught. */
  fail(thrown: unknown): void
}
