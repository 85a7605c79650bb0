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
  /** Spaces with a ^ under the column. */
  caret?: string
  cause?: SandboxError
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
  /** Heap and buffers of the isolate, as sampled while it ran and when it ended. */
  peakHeapBytes: number
  hostCalls: number
  /** With these in the job, the run draws the same random numbers and starts at the same time again. */
  seed?: string
  startedAt?: number
}

export type SandboxStatus = 'completed' | 'failed' | 'timeout' | 'cancelled' | 'lost'

export interface SandboxResult {
  /** `lost`: the host died for a reason that is not this run's fault; run it again. */
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
  | { type: 'host_exited'; pid: number; reason: string; runsLost: number }
  | { type: 'host_start_failed'; reason: string; retryInMs: number }

export interface SandboxOptions {
  hosts: number
  runsPerHost: number
  /** Resident memory at which a host is killed; taken for 256 at least. */
  hostMemoryMb: number
  onEvent?(event: SandboxEvent): void
}

export interface HostStats {
  pid: number
  state: 'starting' | 'ready' | 'draining'
  residentBytes: number
  running: number
  isolates: { running: number; warm: number; spare: number }
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
  stats(): SandboxStats
  walls(): Wall[]
  /** Kills every host and waits until none is left. Runs still going end as `lost`. */
  close(): Promise<void>
}
