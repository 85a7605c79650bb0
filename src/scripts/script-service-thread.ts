import { Worker } from 'node:worker_threads'

import { ScriptRefusedError } from './finding.ts'
import type { Reply, Result, Work } from './script-service-worker.ts'

/** A megabyte of ordinary source needs a third of this; what needs more was written to need it. */
const heapMb = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 48 }
/** As much as the main thread has: text that only a larger stack can read would fail where it runs. */
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
  /**
   * One piece of work at a time.
   *
   * @throws {ScriptRefusedError} as the work itself does.
   * @throws {ThreadLostError} after which the thread must be stopped.
   */
  run(work: Work): Promise<Result>
  /** Fulfilled when the thread is gone. V8's parser cannot be interrupted, so that may be seconds later. */
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
  const started = nextReply(worker, longestStartMs, 'start')
  started.catch(() => undefined) // The first piece of work reports it.

  return {
    async run(work) {
      worker.ref()
      try {
        await started
        const replied = nextReply(worker, deadlineMs, 'deadline')
        worker.postMessage(work)
        return read(await replied)
      } finally {
        worker.unref()
      }
    },
    async stop() {
      await worker.terminate()
    },
  }
}

function read(reply: Reply): Result {
  if (reply === 'ready') throw new Error('The thread that checks scripts answered out of turn.')
  if ('refused' in reply) throw new ScriptRefusedError(reply.refused)
  if ('failure' in reply) throw reply.failure
  return reply.result
}

/** The thread's next message, or why there will be none. */
function nextReply(worker: Worker, timeoutMs: number, late: 'start' | 'deadline'): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const dead = late === 'start' ? late : 'crash'
  const lost = (reason: ThreadLostError['reason'], what: string, cause?: unknown) =>
    reject(new ThreadLostError(reason, `The thread that checks scripts ${what}.`, { cause }))

  const onError = (error: unknown) => lost(dead, 'failed', error)
  const onExit = (code: number) => lost(dead, `ended with code ${code}`)
  const timer = setTimeout(() => lost(late, `gave no answer in ${timeoutMs} ms`), timeoutMs)
  worker.once('message', resolve).once('error', onError).once('exit', onExit)
  return promise.finally(() => {
    clearTimeout(timer)
    worker.off('message', resolve).off('error', onError).off('exit', onExit)
  })
}
