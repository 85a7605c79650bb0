import type { AnalysisBlock } from '../config.ts'
import { AppError, type AppErrorOptions } from '../errors.ts'
import { type Logger, silentLogger } from '../log.ts'
import type { ScriptCheck, ScriptToCheck } from './check.ts'
import type { LinkedCompileOptions, LinkedScript } from './compile-linked.ts'
import { type Finding, ScriptRefusedError } from './finding.ts'
import { Lanes } from './lanes.ts'
import type { Result, Work } from './script-service-child.ts'
import { ProcessLostError, type ScriptProcess, startScriptProcess } from './script-service-process.ts'

// Reading a script is synchronous, and a source made for it keeps a processor busy for minutes and fills
// any memory, some of it inside V8's parsers, which hear of nothing until they are done (a class of
// 250 KB of `\p{RGI_Emoji}` in a regular expression). So it happens in a process that can be killed:
// - one piece of work at a time, lane after lane; the deadline runs only while it is worked on;
// - work that loses the process (too long, too much memory, a crash) is refused and never tried again,
//   unless the process was killed from outside: then once;
// - the process is lost with it, but not the work that waits: a new one goes on with it at once.

export interface ScriptServiceOptions {
  /** The longest that one script may take to read; four times that where the machine is busy with others. */
  deadlineMs?: number
  /** What of the analysis rejects a script, where a check does not say otherwise; `none` unless given. */
  block?: AnalysisBlock
  logger?: Logger
}

/** `checkScript` and `compileLinked` for a process that must not wait for them. */
export interface ScriptService {
  /**
   * As `checkScript`; a source that takes too long or too much memory is rejected as `too_complex`.
   *
   * @param lane whose script it is: lanes are served in turn, so that nobody waits for another's many.
   * @throws {ScriptServiceUnavailableError}
   */
  check(script: ScriptToCheck, lane?: string): Promise<ScriptCheck>
  /**
   * @throws {ScriptRefusedError} as `compileLinked` does, or with the one finding `too_complex`.
   * @throws {ScriptServiceUnavailableError}
   */
  compile(options: LinkedCompileOptions, lane?: string): Promise<LinkedScript>
  /** Rejects what is under way or waits; fulfilled when no process is left. */
  close(): Promise<void>
}

/** The script is not at fault: it cannot be checked now, but may be later or elsewhere. */
export class ScriptServiceUnavailableError extends AppError {
  readonly status = 503
  /** `script_service_busy` where too many of the same lane wait already. */
  readonly code: 'script_service_unavailable' | 'script_service_busy'

  constructor(
    message: string,
    options: AppErrorOptions & { code?: ScriptServiceUnavailableError['code'] } = {},
  ) {
    super(message, options)
    this.code = options.code ?? 'script_service_unavailable'
  }
}

const mostWaitingInLane = 100

interface Request {
  work: Work
  resolve(result: Result): void
  reject(error: unknown): void
}

/** Starts nothing until it is asked for something; an idle one does not keep the process alive. */
export function createScriptService(options: ScriptServiceOptions = {}): ScriptService {
  const service = new ScriptQueue(options)
  return {
    async check(asked, lane) {
      const script = { ...asked, config: { block: options.block, ...asked.config } }
      const result = await service.run({ kind: 'check', script }, lane).catch(asRejection)
      if (result.kind !== 'check') throw unexpected(result)
      return result.check
    },
    async compile(options, lane) {
      const result = await service.run({ kind: 'compile', options }, lane)
      if (result.kind !== 'compile') throw unexpected(result)
      return result.compiled
    },
    close: () => service.close(),
  }
}

class ScriptQueue {
  readonly #deadlineMs: number
  readonly #logger: Logger
  readonly #waiting = new Lanes<Request>()
  /** Processes that were told to stop and have not ended yet. */
  readonly #stopping = new Set<Promise<void>>()
  #process: ScriptProcess | undefined
  #current: Request | undefined
  #closed = false

  constructor({ deadlineMs = 5_000, logger = silentLogger }: ScriptServiceOptions) {
    this.#deadlineMs = deadlineMs
    this.#logger = logger
  }

  async run(work: Work, lane = ''): Promise<Result> {
    if (this.#closed) throw closed()
    if (this.#waiting.waitingIn(lane) >= mostWaitingInLane) throw busy(lane)
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    this.#waiting.push(lane, { work, resolve, reject })
    if (!this.#current) void this.#workOff()
    return promise
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#current?.reject(closed())
    for (const { reject } of this.#waiting.empty()) reject(closed())
    this.#stopProcess()
    await Promise.all(this.#stopping)
  }

  async #workOff(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      this.#current = next
      await this.#perform(next)
      if (this.#process?.usable === false) this.#startAhead()
    }
    this.#current = undefined
  }

  async #perform({ work, resolve, reject }: Request): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return resolve(await this.#usableProcess().run(work))
      } catch (error) {
        if (this.#closed || !(error instanceof ProcessLostError)) return reject(error)
        this.#lost(error)
        if (error.reason !== 'killed' || tries > 1) return reject(asAppError(error))
      }
    }
  }

  #usableProcess(): ScriptProcess {
    if (this.#process?.usable) return this.#process
    this.#stopProcess()
    this.#process = startScriptProcess(this.#deadlineMs)
    return this.#process
  }

  /** Work that comes later does not wait for the start. */
  #startAhead(): void {
    try {
      this.#usableProcess()
    } catch {
      // That work tries again, and reports it.
    }
  }

  #lost(error: ProcessLostError): void {
    const { reason } = error
    this.#logger[reason === 'start' ? 'error' : 'warn']({ err: error, reason }, 'script process replaced')
    const lost = this.#process
    this.#stopProcess()
    // Kept as one to be replaced at once; what cannot be started waits for the next work.
    if (reason !== 'start') this.#process = lost
  }

  /** The next process does not wait for the end of this one. */
  #stopProcess(): void {
    const stopped = this.#process?.stop()
    this.#process = undefined
    if (!stopped) return
    this.#stopping.add(stopped)
    void stopped.finally(() => this.#stopping.delete(stopped))
  }
}

function asAppError(error: ProcessLostError): AppError {
  if (error.reason !== 'start' && error.reason !== 'starved') return new ScriptRefusedError([tooComplex])
  return new ScriptServiceUnavailableError('Scripts cannot be checked now; try again.', { cause: error })
}

const tooComplex: Finding = {
  severity: 'error',
  code: 'too_complex',
  message: 'Reading the script takes too long or too much memory. Make it shorter or simpler.',
}

/** A check does not throw for what is wrong with a script. */
function asRejection(error: unknown): Result {
  if (!(error instanceof ScriptRefusedError)) throw error
  return { kind: 'check', check: { state: 'rejected', findings: [...error.findings] } }
}

function closed(): ScriptServiceUnavailableError {
  return new ScriptServiceUnavailableError('The process is ending; check the script again elsewhere.')
}

function busy(lane: string): ScriptServiceUnavailableError {
  return new ScriptServiceUnavailableError(
    `${mostWaitingInLane} scripts wait to be checked already; try again in a moment.`,
    { code: 'script_service_busy', details: { lane } },
  )
}

function unexpected({ kind }: Result): Error {
  return new Error(`The process that checks scripts answered with the result of another work: ${kind}.`)
}
