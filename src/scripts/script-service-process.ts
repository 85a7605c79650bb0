import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { setPriority } from 'node:os'
import { sep } from 'node:path'

import { ScriptRefusedError } from './finding.ts'
import type { Answer, Result, Work } from './script-service-child.ts'

/** A megabyte of ordinary source needs a third of this; what needs more was written to need it. */
const heapMb = 512
/** V8's parsers also allocate outside the heap, up to 800 MB a second, and only a kill stops them. */
const residentLimitBytes = 768 * 2 ** 20
/** Memory grown for one script is not always given back; the next one is not to be measured with it. */
const wornBytes = 384 * 2 ** 20
const watchEveryMs = 50
/** Deadlines that may pass while the machine, busy with others, does not let the process have a quarter of one. */
const mostDeadlines = 4
const longestStartMs = 10_000

/** The process can do no more work; whoever holds it has to stop it and start another. */
export class ProcessLostError extends Error {
  override readonly name = 'ProcessLostError'
  /**
   * The work is blameless where it has not had the processor (`starved`), and may be where the process was
   * `killed` from outside: by an administrator, or by the kernel when short of memory.
   */
  readonly reason: 'start' | 'deadline' | 'memory' | 'crash' | 'killed' | 'starved'

  constructor(reason: ProcessLostError['reason'], what: string, options?: ErrorOptions) {
    super(`The process that checks scripts ${what}.`, options)
    this.reason = reason
  }
}

export interface ScriptProcess {
  readonly pid: number | undefined
  /** Turns false when the process has ended or is worn out, which it may also be after work well done. */
  readonly usable: boolean
  /**
   * One piece of work at a time.
   *
   * @throws {ScriptRefusedError} as the work itself does.
   * @throws {ProcessLostError} after which the process must be stopped.
   */
  run(work: Work): Promise<Result>
  /** Kills it, whatever it is doing; fulfilled when it is gone. */
  stop(): Promise<void>
}

/** Starts a process that checks and compiles; it keeps this one alive only while it works. */
export function startScriptProcess(deadlineMs: number): ScriptProcess {
  const child = launch()
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = endOf(child)
  let usable = true
  ended.catch(() => {
    usable = false
    process.off('exit', kill)
  })
  const started = nextMessage<'ready'>(child, ended, longestStartMs).catch((error: unknown) => {
    throw error instanceof ProcessLostError ? asFailedStart(error) : error
  })
  started.catch(() => undefined) // The first piece of work reports it.
  holdOpen(child, false)

  return {
    get pid() {
      return child.pid
    },
    get usable() {
      return usable
    },
    async run(work) {
      holdOpen(child, true)
      try {
        await started
        // Where it cannot be sent, the process has ended, and that is what is reported.
        child.send(work, () => undefined)
        const answer = await nextMessage<Answer>(child, ended, deadlineMs)
        if (answer.last || residentBytes(child) > wornBytes) usable = false
        return read(answer)
      } finally {
        holdOpen(child, false)
      }
    },
    async stop() {
      usable = false
      kill()
      child.ref()
      await ended.catch(() => undefined)
    },
  }
}

function launch(): ChildProcess {
  try {
    const child = fork(new URL('./script-service-child.ts', import.meta.url), {
      env: {},
      cwd: sep,
      // The stack stays as it is: text that only a larger one can read would fail where it runs.
      execArgv: [`--max-old-space-size=${heapMb}`, '--disable-warning=ExperimentalWarning'],
      // Keeps the class of JavaScript's own errors, and halves of surrogate pairs.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    if (child.pid !== undefined) yieldTo(child.pid)
    return child
  } catch (error) {
    throw new ProcessLostError('start', 'could not be started', { cause: error })
  }
}

/** Behind this process, before the sandbox hosts; when memory runs out it is the first to go. */
function yieldTo(pid: number): void {
  try {
    setPriority(pid, 5)
    if (process.platform === 'linux') writeFileSync(`/proc/${pid}/oom_score_adj`, '900')
  } catch {
    // Not permitted, or it has ended already.
  }
}

/** Whether the child keeps this process alive. */
function holdOpen(child: ChildProcess, open: boolean): void {
  const call = open ? 'ref' : 'unref'
  child[call]()
  child.channel?.[call]()
  if (child.stderr instanceof Socket) child.stderr[call]()
}

/** Rejected when the process ends, for the first reason it gives. */
function endOf(child: ChildProcess): Promise<never> {
  let words = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    if (words.length < 4_000) words += chunk.toString()
  })
  return new Promise((_, reject) => {
    child.on('error', (error) => reject(new ProcessLostError('crash', 'failed', { cause: error })))
    child.once('close', (code, signal) => {
      const reason = signal !== null && signalsFromOutside.has(signal) ? 'killed' : 'crash'
      const [said = ''] = /^FATAL ERROR: .*/m.exec(words) ?? [words.trim().slice(0, 300)]
      reject(new ProcessLostError(reason, `ended with ${signal ?? `code ${code}`}${said && `: ${said}`}`))
    })
  })
}

/** A process that falls over its work ends itself with another signal, or with a code. */
const signalsFromOutside: ReadonlySet<string> = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'])

function asFailedStart(error: ProcessLostError): ProcessLostError {
  return new ProcessLostError('start', 'did not start', { cause: error })
}

async function nextMessage<Message>(
  child: ChildProcess,
  ended: Promise<never>,
  timeoutMs: number,
): Promise<Message> {
  const { promise, resolve, reject } = Promise.withResolvers<Message>()
  const usedBefore = processorMs(child)
  let over = false
  let deadlines = 0
  const late = () => {
    if (over) return
    deadlines += 1
    // Never so where the machine does not tell: NaN is not less than anything.
    const starved = processorMs(child) - usedBefore < timeoutMs / 4
    if (!starved) reject(new ProcessLostError('deadline', `took over ${timeoutMs} ms`))
    else if (deadlines < mostDeadlines) timer.refresh()
    else reject(new ProcessLostError('starved', 'is not given the processor'))
  }
  // Timers come before messages: where it was this process that was busy, the reply may be waiting.
  const timer = setTimeout(() => setImmediate(late), timeoutMs)
  const watch = setInterval(() => {
    const bytes = residentBytes(child)
    const megabytes = Math.round(bytes / 2 ** 20)
    if (bytes > residentLimitBytes) reject(new ProcessLostError('memory', `took ${megabytes} MB of memory`))
  }, watchEveryMs)
  child.once('message', resolve as (message: unknown) => void)
  try {
    return await Promise.race([promise, ended])
  } finally {
    over = true
    clearTimeout(timer)
    clearInterval(watch)
    child.removeAllListeners('message')
  }
}

/** Bytes resident now; 0 where the machine does not tell. */
function residentBytes({ pid }: ChildProcess): number {
  if (process.platform !== 'linux') return 0
  try {
    // Unlike `statm`, this does not count in pages, whose size Node.js does not tell.
    const [, kilobytes = '0'] =
      /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? []
    return Number(kilobytes) * 1024
  } catch {
    return 0
  }
}

/** Processor time used so far by all of its threads; NaN where the machine does not tell. */
function processorMs({ pid }: ChildProcess): number {
  if (process.platform !== 'linux') return Number.NaN
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // Fields 14 and 15, in ticks of 10 ms; the name before them may hold anything up to its last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return Number.NaN
  }
}

function read(answer: Answer): Result {
  if ('refused' in answer) throw new ScriptRefusedError(answer.refused)
  if ('failure' in answer) throw answer.failure
  return answer.result
}
