import { Worker } from 'node:worker_threads'
import { LRUCache } from 'lru-cache'

import { CallError } from '../binding.ts'
import type { Statement } from './check-statement.ts'
import type { Answer, Verdict } from './grammar-worker.ts'
import { maxComments, maxSqlCharacters } from './limits.ts'

/** Judges scripts' SQL by PostgreSQL's own grammar. */
export interface Grammar {
  /** @throws {CallError} `sql_syntax_error`, `sql_not_allowed`, `sql_too_complex`. */
  check(sql: string): Promise<Statement>
  close(): Promise<void>
}

interface Waiting {
  sql: string
  resolve(answer: Answer): void
}

/** The longest text takes a tenth of it; on a busy machine a thread may wait. */
const parseMs = 2_000
const startMs = 30_000
const cachedCharacters = 4 * 2 ** 20

/**
 * The parser is C in WebAssembly and may loop or trap on a hostile text. So it runs in a thread that is
 * ended when it does, one text at a time, and verdicts are kept by text.
 */
export function createGrammar(): Grammar {
  const verdicts = new LRUCache<string, Verdict>({
    maxSize: cachedCharacters,
    sizeCalculation: (_, sql) => sql.length + 100,
  })
  const thread = new GrammarThread()
  return {
    async check(sql) {
      refuseUnreadable(sql)
      let verdict = verdicts.get(sql)
      if (verdict === undefined) {
        const answer = await thread.judge(sql)
        verdict = answer.verdict
        if (!answer.broken) verdicts.set(sql, verdict)
      }
      if ('statement' in verdict) return verdict.statement
      throw new CallError(verdict.refused, `sql: ${verdict.message}`)
    },
    close: () => thread.close(),
  }
}

/** What the parser and the server could read differently, or not in time. */
function refuseUnreadable(sql: string): void {
  if (sql.length > maxSqlCharacters) {
    throw new CallError(
      'sql_too_complex',
      `sql: longer than ${maxSqlCharacters} characters; send values as parameters.`,
    )
  }
  if (sql.includes('\0') || !sql.isWellFormed()) {
    throw new CallError('sql_syntax_error', 'sql: has a NUL character or half of a surrogate pair.')
  }
  // Nested comments are read again for every level.
  if (sql.split('/*', maxComments + 2).length > maxComments + 1) {
    throw new CallError('sql_too_complex', `sql: more than ${maxComments} comments.`)
  }
}

class GrammarThread {
  readonly #waiting: Waiting[] = []
  #worker: Worker | undefined
  #busy = false
  #closed = false

  async judge(sql: string): Promise<Answer> {
    if (this.#closed) return lost
    return await new Promise((resolve) => {
      this.#waiting.push({ sql, resolve })
      this.#next()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const { resolve } of this.#waiting.splice(0)) resolve(lost)
    await this.#worker?.terminate()
  }

  #next(): void {
    if (this.#busy) return
    const next = this.#waiting.shift()
    if (next === undefined) return
    this.#busy = true
    void this.#ask(next.sql).then((answer) => {
      if (answer.broken) void this.#worker?.terminate()
      if (answer.broken) this.#worker = undefined
      this.#worker?.unref()
      this.#busy = false
      next.resolve(answer)
      this.#next()
    })
  }

  async #ask(sql: string): Promise<Answer> {
    const worker = this.#worker ?? this.#start()
    if (this.#worker === undefined) {
      this.#worker = worker
      if ((await hear<'ready'>(worker, startMs)) === undefined) return lost
    }
    worker.ref()
    worker.postMessage(sql)
    return (await hear<Answer>(worker, parseMs)) ?? lost
  }

  #start(): Worker {
    const worker = new Worker(new URL('./grammar-worker.ts', import.meta.url), {
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    })
    // Unheard, an error between two texts would end the process.
    worker.on('error', () => undefined)
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined
    })
    return worker
  }
}

/** The thread's next message; undefined when it ends, or says nothing in time. */
async function hear<T>(worker: Worker, ms: number): Promise<T | undefined> {
  return await new Promise((resolve) => {
    const end = (message?: T) => {
      clearTimeout(timer)
      worker.off('message', end).off('error', fail).off('exit', fail)
      resolve(message)
    }
    const fail = () => end()
    const timer = setTimeout(fail, ms)
    worker.once('message', end).once('error', fail).once('exit', fail)
  })
}

/** Not kept: on a machine that is busy with others the same text may be read in time later. */
const lost: Answer = {
  verdict: {
    refused: 'sql_too_complex',
    message: 'The statement takes too long to be read; make it simpler.',
  },
  broken: true,
}
