import { Worker } from 'node:worker_threads'

import { ScriptRefusedError } from './finding.ts'
import type { Reply, Result, Work } from './script-service-worker.ts'

/** A megabyte of ordinary source needs a third of this; what needs more was written to need it. */
const heapMb = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 48 }
/** No more than the main thread has: text that only a larger stack can read would fail where it runs. */
const stackSizeMb = 1
const longestStartMs = 10_000

/** The thread can do no more work; whoever holds it has to stop it and start another. */
export class ThreadLostError extends Error {
  override readonly name = 'ThreadLostError'
  readonly reason: 'start' | 'deadline' | 'crash'

  constructor(reason: ThreadLostError['reason'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

export interface ScriptThread {
  /** Turns false when the thread ends by itself, which it may also do between two pieces of work. */
  readonly alive: boolean
  /**
   * One piece of work at a time.
   *
   * @throws {ScriptRefusedError} as the work itself does.
   * @throws {ThreadLostError} after which the thread must be stopped.
   */
  run(work: Work): Promise<Result>
  /** Fulfilled when the thread is gone: at its next interruptible point, which V8's parser has few of. */
  stop(): Promise<void>
}

/** Starts a thread that checks and compiles; it keeps the process alive only while it works. */
export function startScriptThread(deadlineMs: number): ScriptThread {
  const worker = new Worker(new URL('./script-service-worker.ts', import.meta.url), {
    env: {},
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { ...heapMb, stackSizeMb },
  })
  worker.unref()
  const ended = endOf(worker)
  let alive = true
  ended.catch(() => {
    alive = false
  })
  const started = nextMessage(worker, ended, longestStartMs).catch((error: unknown) => {
    throw error instanceof ThreadLostError
      ? new ThreadLostError('start', error.message, { cause: error })
      : error
  })
  started.catch(() => undefined) // The first piece of work reports it.

  return {
    get alive() {
      return alive
    },
    async run(work) {
      worker.ref()
      try {
        await started
        worker.postMessage(work)
        return read(await nextMessage(worker, ended, deadlineMs))
      } finally {
        worker.unref()
      }
    },
    async stop() {
      await worker.terminate()
    },
  }
}

/** Rejected when the thread ends, for the first reason it gives. */
function endOf(worker: Worker): Promise<never> {
  return new Promise((_, reject) => {
    const lost = (what: string, cause?: unknown) =>
      reject(new ThreadLostError('crash', `The thread that checks scripts ${what}.`, { cause }))
    worker.once('error', (error) => lost('failed', error))
    worker.once('exit', (code) => lost(`ended with code ${code}`))
  })
}

async function nextMessage(worker: Worker, ended: Promise<never>, timeoutMs: number): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const late = () =>
    reject(new ThreadLostError('deadline', `The thread that checks scripts took over ${timeoutMs} ms.`))
  // Timers come before messages: where it was this process that was busy, the reply may be waiting.
  const timer = setTimeout(() => setImmediate(late), timeoutMs)
  worker.once('message', resolve)
  try {
    return await Promise.race([promise, ended])
  } finally {
    clearTimeout(timer)
    worker.off('message', resolve)
  }
}

function read(reply: Reply): Result {
  if (reply === 'ready') throw new Error('The thread that checks scripts answered out of turn.')
  if ('refused' in reply) throw new ScriptRefusedError(reply.refused)
  if ('failure' in reply) throw reply.failure
  return reply.result
}
