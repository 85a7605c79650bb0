import { createHash, randomUUID } from 'node:crypto'

import {
  amount,
  type HostMetrics,
  isRecord,
  isShallow,
  isVerdict,
  parseBounded,
  type Verdict,
} from '../protocol.ts'
import type {
  Json,
  RunHooks,
  SandboxError,
  SandboxJob,
  SandboxLogLevel,
  SandboxLogLine,
  SandboxResult,
  SandboxStatus,
} from '../types.ts'
import { limitError, scriptError } from './script-error.ts'
import { withOwnLines } from './script-frames.ts'

const levels: readonly string[] = ['debug', 'info', 'warn', 'error']

function statusOf(code: string): SandboxStatus {
  if (code === 'completed' || code === 'timeout' || code === 'cancelled') return code
  if (code === 'lost' || code === 'refused') return code
  return code === 'crowded' ? 'lost' : 'failed'
}

/** 128 bits: fewer, and two of a million runs would draw the same numbers for their identifiers. */
function seedOf({ seed }: SandboxJob): string {
  if (seed === undefined) return randomUUID().replaceAll('-', '')
  return /^[0-9a-f]{32}$/.test(seed) ? seed : createHash('sha256').update(seed).digest('hex').slice(0, 32)
}

/** V8 writes a million levels without complaint; PostgreSQL, and whoever reads the record, does not. */
const maxOutputDepth = 500

const tooDeep: SandboxError = {
  code: 'output_not_serializable',
  type: 'Error',
  message: `The script's result cannot become JSON: it is nested more than ${maxOutputDepth} levels deep.`,
  stack: '',
  retryable: false,
}

export interface Figures {
  bytes: number
  cpuMs: number
  /** Milliseconds since the isolate last answered: how long it has been busy. */
  busyMs: number
}

/**
 * A run as the node sees it, from dispatch to result: counts what its host passes on, and counts again
 * what the isolate was to count, for the host is not believed.
 */
export class ActiveRun {
  readonly id: string
  readonly job: SandboxJob
  readonly hooks: RunHooks
  readonly seed: string
  /** Of the run's own clock. */
  #clockAt = 0
  readonly #resolve: (result: SandboxResult) => void
  readonly queuedAt = performance.now()
  dispatchedAt = 0
  startedAt = 0
  /** Set when the run was told to stop. */
  stoppedAt = 0
  figures: Figures = { bytes: 0, cpuMs: 0, busyMs: 0 }
  settled = false
  /** Runs beside others of its tenant in one isolate. */
  shared = false
  /** It has cost its host. */
  wrecked = false
  /** How it ended. */
  endCode = ''
  /** Processor time, as far as is known. */
  cpuMs = 0
  /** Processor time of the host while this run was alone on it. */
  aloneCpuMs = 0
  #logs: SandboxLogLine[] = []
  #logBytes = 0
  #logsTruncated = false
  #calls = 0

  constructor(id: string, job: SandboxJob, hooks: RunHooks, resolve: (result: SandboxResult) => void) {
    this.id = id
    this.job = job
    this.hooks = hooks
    this.seed = seedOf(job)
    this.#resolve = resolve
  }

  started(clockAt: string, msAgo: string): void {
    if (this.startedAt !== 0 || this.settled) return
    this.startedAt = Math.max(this.dispatchedAt, performance.now() - amount(Number(msAgo)))
    this.#clockAt = amount(Number(clockAt))
    this.#tell(() => this.hooks.onStart?.())
  }

  /** A hook that throws is its owner's mistake; it must not take the run, or the node, with it. */
  #tell(hook: () => void): void {
    try {
      hook()
    } catch {}
  }

  log(level: string, at: string, said: string, fieldsText: string): void {
    if (this.settled || this.#logsTruncated) return
    const message = withOwnLines(said, this.job.script)
    const { logLines, logBytes } = this.job.limits
    const size = Buffer.byteLength(message) + Buffer.byteLength(fieldsText)
    if (this.#logs.length >= logLines || this.#logBytes >= logBytes) {
      this.cutLogs()
      return
    }
    const fits = this.#logBytes + size <= logBytes
    const shown = fits
      ? message
      : Buffer.from(message)
          .subarray(0, logBytes - this.#logBytes)
          .toString()
    const fields = fits && fieldsText !== '' ? parseBounded(fieldsText, { maxLength: logBytes }) : undefined
    this.#logBytes += size
    this.#append({
      level: levels.includes(level) ? (level as SandboxLogLevel) : 'info',
      at: Math.round(amount(Number(at))),
      message: shown,
      ...(isRecord(fields) && { fields: fields as { [key: string]: Json } }),
    })
    if (!fits) this.cutLogs()
  }

  cutLogs(): void {
    if (this.settled || this.#logsTruncated) return
    this.#logsTruncated = true
    const { logLines, logBytes } = this.job.limits
    const message = `The log was cut here: an execution may write ${logLines} lines and ${logBytes} bytes.`
    const at = Math.round(performance.now() - (this.startedAt || this.queuedAt))
    this.#append({ level: 'warn', at, message })
  }

  #append(line: SandboxLogLine): void {
    this.#logs.push(line)
    this.#tell(() => this.hooks.onLogs?.([line]))
  }

  /** Answers a call of the script API; never rejects. `onTaken` is called when the answer has left. */
  async call(name: string, args: string): Promise<{ ok: boolean; text: string; onTaken: () => void }> {
    const { promise: taken, resolve: onTaken } = Promise.withResolvers<void>()
    return { ...(await this.#answer(name, args, taken)), onTaken }
  }

  async #answer(name: string, args: string, taken: Promise<void>): Promise<{ ok: boolean; text: string }> {
    this.#calls += 1
    if (this.#calls > this.job.limits.hostCalls) {
      return refusal(
        'api_call_limit',
        `This execution has used its ${this.job.limits.hostCalls} calls.`,
        false,
      )
    }
    const { onCall } = this.hooks
    if (onCall === undefined) return refusal('not_available', `${name} is not available here.`, false)
    try {
      return { ok: true, text: await onCall(name.slice(0, 200), args, taken) }
    } catch (error) {
      const given = isRecord(error) ? error : {}
      const code = typeof given.code === 'string' ? given.code : 'internal_error'
      // Without a code of its own the error was not meant for the script, and may name what is ours.
      const message =
        typeof given.code === 'string' && error instanceof Error ? error.message : 'The call failed.'
      return refusal(code, message, given.retryable === true)
    }
  }

  /** What the host says the end was. */
  done(verdict: string, payload: string, metricsText: string): void {
    const claimed = parseBounded(metricsText)
    const given: Partial<HostMetrics> = isRecord(claimed) ? claimed : {}
    const known: Verdict = isVerdict(verdict) ? verdict : 'error'
    const { limits, script } = this.job
    if (known === 'completed' && Buffer.byteLength(payload) > limits.outputBytes) {
      this.end('output_limit', { metrics: given })
    } else if (known === 'completed' && !isShallow(payload, maxOutputDepth)) {
      this.end('output_not_serializable', { metrics: given, error: tooDeep })
    } else if (known === 'completed') this.end('completed', { metrics: given, output: payload })
    else if (known === 'error') {
      const error = scriptError(parseBounded(payload, { maxLength: 524_288 }), script)
      this.end(error.code, { metrics: given, error })
    } else this.end(known, { metrics: given })
  }

  /** Ends the run, once: `code` is a verdict, `lost`, or an error's own code. */
  end(
    code: string,
    {
      output,
      error,
      metrics = {},
    }: { output?: string; error?: SandboxError; metrics?: Partial<HostMetrics> } = {},
  ): void {
    if (this.settled) return
    this.settled = true
    this.endCode = code
    this.cpuMs = amount(metrics.cpuMs) || this.figures.cpuMs
    const now = performance.now()
    const began = this.startedAt || now
    this.#resolve({
      status: error ? 'failed' : statusOf(code),
      output: output ?? null,
      error: error ?? (code === 'completed' ? null : limitError(code, this.job.limits)),
      logs: this.#logs,
      logsTruncated: this.#logsTruncated,
      metrics: {
        startMs: this.dispatchedAt === 0 ? 0 : began - this.dispatchedAt,
        durationMs: amount(metrics.durationMs) || now - began,
        cpuMs: this.cpuMs,
        peakHeapBytes: Math.max(amount(metrics.peakHeapBytes), this.figures.bytes),
        hostCalls: this.#calls,
        seed: this.seed,
        ...(this.#clockAt > 0 && { startedAt: this.#clockAt }),
      },
    })
  }
}

function refusal(code: string, message: string, retryable: boolean): { ok: boolean; text: string } {
  return { ok: false, text: JSON.stringify({ code, message, retryable }) }
}
