import { AppError } from '../errors.ts'
import { type Logger, silentLogger } from '../log.ts'
import type { ScriptCheck, ScriptToCheck } from './check.ts'
import { type Finding, ScriptRefusedError } from './finding.ts'
import { type ScriptThread, startScriptThread, ThreadLostError } from './script-service-thread.ts'
import type { Result, Work } from './script-service-worker.ts'
import type { CompiledScript, CompileOptions } from './transform.ts'

// Reading a script is synchronous, and a source made for it keeps a thread busy for minutes and fills
// any heap. So it happens in a thread that can be thrown away:
// - one piece of work at a time, in the order of the calls; the deadline runs only while it is worked on;
// - work that loses the thread (too long, too much memory, a crash) is refused and never tried again;
// - the thread is lost with it, but not the work that waits: a new thread goes on with it at once.

export interface ScriptServiceOptions {
  /** The longest that one script may take to read. */
  deadlineMs?: number
  logger?: Logger
}

/** `checkScript` and `compileScript` for a process that must not wait for them. */
export interface ScriptService {
  /** As `checkScript`; a source that takes too long or too much memory is rejected as `too_complex`. */
  check(script: ScriptToCheck): Promise<ScriptCheck>
  /** @throws {ScriptRefusedError} as `compileScript` does, or with the one finding `too_complex`. */
  compile(options: CompileOptions): Promise<CompiledScript>
  /** Rejects what is under way or waits; fulfilled when no thread is left. */
  close(): Promise<void>
}

/** The script is not at fault: nothing can be checked, because the process ends or has no thread for it. */
export class ScriptServiceUnavailableError extends AppError {
  readonly code = 'script_service_unavailable'
  readonly status = 503
}

interface Request {
  work: Work
  resolve(result: Result): void
  reject(error: unknown): void
}

/** Starts nothing until it is asked for something; an idle one does not keep the process alive. */
export function createScriptService(options: ScriptServiceOptions = {}): ScriptService {
  const service = new ScriptQueue(options)
  return {
    async check(script) {
      const result = await service.run({ kind: 'check', script }).catch(asRejection)
      if (result.kind !== 'check') throw unexpected(result)
      return result.check
    },
    async compile(options) {
      const result = await service.run({ kind: 'compile', options })
      if (result.kind !== 'compile') throw unexpected(result)
      return result.compiled
    },
    close: () => service.close(),
  }
}

class ScriptQueue {
  readonly #deadlineMs: number
  readonly #logger: Logger
  readonly #requests: Request[] = []
  /** Threads that were told to stop and have not ended yet. */
  readonly #stopping = new Set<Promise<void>>()
  #thread: ScriptThread | undefined
  #working = false
  #closed = false

  constructor({ deadlineMs = 5_000, logger = silentLogger }: ScriptServiceOptions) {
    this.#deadlineMs = deadlineMs
    this.#logger = logger
  }

  run(work: Work): Promise<Result> {
    if (this.#closed) return Promise.reject(closed())
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    this.#requests.push({ work, resolve, reject })
    if (!this.#working) void this.#workOff()
    return promise
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const { reject } of this.#requests.splice(0)) reject(closed())
    this.#discardThread()
    await Promise.all(this.#stopping)
  }

  async #workOff(): Promise<void> {
    this.#working = true
    for (let request = this.#requests[0]; request; request = this.#requests[0]) {
      await this.#perform(request)
      // Still in the list while it was worked on, so that closing rejected it too.
      if (this.#requests[0] === request) this.#requests.shift()
    }
    this.#working = false
  }

  async #perform({ work, resolve, reject }: Request): Promise<void> {
    if (!this.#thread?.alive) this.#thread = startScriptThread(this.#deadlineMs)
    try {
      resolve(await this.#thread.run(work))
    } catch (error) {
      reject(error instanceof ThreadLostError && !this.#closed ? this.#lost(error) : error)
    }
  }

  #lost(error: ThreadLostError): AppError {
    this.#logger[error.reason === 'start' ? 'error' : 'warn'](
      { err: error, reason: error.reason },
      'script thread replaced',
    )
    this.#discardThread()
    if (error.reason !== 'start') return new ScriptRefusedError([tooComplex])
    return new ScriptServiceUnavailableError('Scripts cannot be checked now; try again.', { cause: error })
  }

  /** The next thread does not wait for the end of this one. */
  #discardThread(): void {
    const stopped = this.#thread?.stop()
    this.#thread = undefined
    if (!stopped) return
    this.#stopping.add(stopped)
    void stopped.finally(() => this.#stopping.delete(stopped))
  }
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

function unexpected({ kind }: Result): Error {
  return new Error(`The thread that checks scripts answered with the result of another work: ${kind}.`)
}
