export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

export interface SandboxScript {
  /** Identity of the immutable code, for caches: tenant, script and version. */
  key: string
  /** What stacks show, e.g. `hello.js`. */
  fileName: string
  /**
   * `(async function ($import, $exports) { 'use strict';`, a new line, then the author's code with its
   * exports rewritten and every position kept: the author's line 1 is line 2 of this text.
   */
  code: string
  /** What the author wrote, for the error's source line and caret. */
  source: string
  /** V8's compiled form of `code`, as `Sandbox.compile` gave it; never from anywhere else. */
  compiled?: Buffer
  /** Where in the code the lines of which file lie, where there are others than the author's one. */
  files?: readonly ScriptFile[]
}

/** A file whose lines were put into the code, column for column. */
export interface ScriptFile {
  fileName: string
  source: string
  /** The line of the code, counted as for the author's, that is its line 1. */
  firstLine: number
  lines: number
}

export interface SandboxLimits {
  wallMs: number
  cpuMs: number
  memoryMb: number
  outputBytes: number
  logLines: number
  logBytes: number
  hostCalls: number
}

/**
 * What executions of a tenant share. `realm`: an isolate and its frozen built-in objects, which is the
 * fastest; `context`: an isolate, with built-in objects of the execution's own, which it may change;
 * `isolate`: nothing. In none of them does an execution find anything that another has left.
 */
export type SandboxIsolation = 'realm' | 'context' | 'isolate'

export interface SandboxJob {
  executionId: string
  tenantId: string
  script: SandboxScript
  /** JSON text. */
  input: string
  /** JSON text of the script's context object. */
  context: string
  limits: SandboxLimits
  /** `realm` unless given. */
  isolation?: SandboxIsolation
  /**
   * Whether executions of the tenant may run at once in one isolate; with `realm` only. Its memory limit is
   * then theirs together, processor time is told apart to some milliseconds, and one that must be ended by force
   * takes the others with it, which end as `lost`.
   */
  shared?: boolean
  /** Whether code may be made from strings; not with `realm`, where it says so. */
  allowCode?: boolean
  /** Refused after so long without a host to run on; waits for as long as it takes unless given. */
  maxWaitMs?: number
  /** What `Math.random` follows; given, with `startedAt`, to repeat a run. */
  seed?: string
  /** Milliseconds since 1970 at which the run's clock starts; the time of day unless given. */
  startedAt?: number
}

export interface SandboxError {
  code: string
  type: string
  message: string
  stack: string
  line?: number
  column?: number
  sourceLine?: string
  /** Whose line it is, where that is not the script itself: a library. */
  file?: string
  /** Spaces with a ^ under the column. */
  caret?: string
  cause?: SandboxError
  /** The first five of an AggregateError's. */
  errors?: SandboxError[]
  retryable: boolean
  retryAfterSeconds?: number
}

export type SandboxLogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface SandboxLogLine {
  level: SandboxLogLevel
  /** Milliseconds since the run began. */
  at: number
  message: string
  fields?: { [key: string]: Json }
}

export interface SandboxMetrics {
  /** From dispatch to a host until the script's code began. */
  startMs: number
  durationMs: number
  cpuMs: number
  /** Heap and buffers of the isolate, as sampled while it ran and when it ended; all of it, where it is shared. */
  peakHeapBytes: number
  hostCalls: number
  /** With these in the job, the run draws the same random numbers and starts at the same time again. */
  seed?: string
  startedAt?: number
}

export type SandboxStatus = 'completed' | 'failed' | 'timeout' | 'cancelled' | 'lost' | 'refused'

export interface SandboxResult {
  /**
   * `lost`: the host died for a reason that is not this run's fault; run it again. `refused`: there was no room
   * for it, and it was not begun.
   */
  status: SandboxStatus
  /** JSON text. */
  output: string | null
  error: SandboxError | null
  logs: SandboxLogLine[]
  logsTruncated: boolean
  metrics: SandboxMetrics
}

export interface RunHooks {
  signal?: AbortSignal
  /**
   * The host side of the script API: `name` such as `db.query`, `args` the JSON text of the arguments'
   * array, answered with JSON text. Of a rejection the script sees `code`, `message` and `retryable`.
   * `taken` resolves when the answer is no longer held in this process.
   */
  onCall?(name: string, args: string, taken: Promise<void>): Promise<string>
  onLogs?(lines: SandboxLogLine[]): void
  /** The script's code is about to start. */
  onStart?(): void
}

export type SandboxEvent =
  | { type: 'host_started'; pid: number; startMs: number }
  | { type: 'host_retiring'; pid: number; reason: string }
  | { type: 'host_exited'; pid: number; reason: string; runsLost: number }
  | { type: 'host_start_failed'; reason: string; retryInMs: number }

export interface SandboxOptions {
  hosts: number
  runsPerHost: number
  /** Resident memory at which a host is killed; taken for 256 at least. */
  hostMemoryMb: number
  /** Runs that may wait for a host, beyond which they are refused; four times what runs at once unless given. */
  maxQueued?: number
  /** Isolates that a host makes, and milliseconds that it lives, before another takes its place. */
  retireAfter?: { isolates: number; ms: number }
  /** A cgroup v2 folder in which hosts get groups of their own; the process's own unless given. */
  cgroup?: string
  /** How a host's memory and processor time are read; the best that there is unless given. */
  figures?: 'proc' | 'ps' | 'own'
  onEvent?(event: SandboxEvent): void
  onStarted?(start: StartFigures): void
  /** Compiled code that was handed in with a script, and V8 refused. */
  onStaleCode?(key: string): void
}

export interface StartFigures {
  /** Whether the isolate had run for the tenant before, was made ahead, or had to be made. */
  warmth: 'warm' | 'spare' | 'cold'
  /** Until a host took it. */
  waitMs: number
  /** From there to the script's first line. */
  startMs: number
}

export interface HostStats {
  pid: number
  state: 'starting' | 'ready' | 'draining'
  residentBytes: number
  running: number
  isolates: { running: number; warm: number; spare: number; made: number }
}

export interface SandboxStats {
  hosts: HostStats[]
  queued: number
  warmHits: number
  warmMisses: number
}

/** One wall between scripts and the machine, for `doctor`. */
export interface Wall {
  name: string
  stands: boolean
  note: string
}

export interface Sandbox {
  /** Runs that would start now. */
  capacity(): number
  /** Never rejects for anything that a script or a host does. */
  run(job: SandboxJob, hooks?: RunHooks): Promise<SandboxResult>
  /**
   * V8's compiled form of a script's code, to be handed in with it where it has not been run yet: made by a
   * process that runs no scripts. Undefined where it cannot be had.
   */
  compile(script: SandboxScript): Promise<Buffer | undefined>
  stats(): SandboxStats
  walls(): Wall[]
  /** Kills every host and waits until none is left. Runs still going end as `lost`. */
  close(): Promise<void>
}
