import { randomUUID } from 'node:crypto'

import { CallError, type RunScope } from '../binding.ts'
import { statementMs } from './limits.ts'
import type { Parameter } from './parameters.ts'
import type { ScriptDatabase } from './script-database.ts'
import type { Isolation, ScriptSession } from './script-session.ts'

interface OpenTransaction {
  session: ScriptSession
  /** performance.now() at which it is rolled back. */
  endsAt: number
  timer: NodeJS.Timeout
  /** One statement at a time, in the order they came. */
  last: Promise<unknown>
}

/** The transactions that one run holds; what is left of them when it ends is rolled back. */
export class RunTransactions {
  readonly #scripts: ScriptDatabase
  readonly #run: RunScope
  readonly #transactionMs: number
  readonly #open = new Map<string, OpenTransaction>()
  /** Why a transaction is no more, for whoever uses it still. */
  readonly #gone = new Map<string, CallError>()
  #closed = false

  constructor(scripts: ScriptDatabase, run: RunScope, transactionMs: number) {
    this.#scripts = scripts
    this.#run = run
    this.#transactionMs = transactionMs
  }

  /** @returns the id by which the other calls name it. */
  async begin(isolation: Isolation): Promise<string> {
    const session = await this.#scripts.open(this.#run, {
      purpose: 'transaction',
      readOnly: false,
      isolation,
    })
    if (this.#closed || this.#run.signal.aborted) {
      await session.rollback()
      throw new CallError('execution_ended', 'This execution has ended.')
    }
    const id = randomUUID()
    const timer = setTimeout(() => {
      void this.#fail(
        id,
        new CallError(
          'transaction_timeout',
          `The transaction took longer than ${this.#transactionMs} ms and was rolled back.`,
        ),
      )
    }, this.#transactionMs)
    this.#open.set(id, {
      session,
      endsAt: performance.now() + this.#transactionMs,
      timer,
      last: Promise.resolve(),
    })
    return id
  }

  /** A statement that fails ends the transaction: it is rolled back, and its locks are let go at once. */
  async run(id: unknown, sql: string, values: readonly Parameter[]) {
    const transaction = this.#find(id)
    const { signal, deadline } = this.#run
    const result = transaction.last.then(async () => {
      const { session, endsAt } = this.#find(id)
      const ms = Math.max(0, Math.min(statementMs, Math.min(deadline, endsAt) - performance.now()))
      return await session.run(sql, values, { ms, signal })
    })
    transaction.last = result.catch(() => undefined)
    return await result.catch(async (error: unknown) => {
      const why = new CallError(
        'transaction_failed',
        'The transaction was rolled back when a statement in it failed.',
      )
      await this.#fail(String(id), why)
      throw error
    })
  }

  async commit(id: unknown): Promise<null> {
    const transaction = this.#find(id)
    await transaction.last
    const { session } = this.#take(id)
    await session.commit()
    return null
  }

  /** One that has failed already is no error to roll back. */
  async rollback(id: unknown): Promise<null> {
    if (this.#gone.has(String(id))) return null
    const transaction = this.#find(id)
    await transaction.last
    if (this.#open.has(String(id))) await this.#take(id).session.rollback()
    return null
  }

  async close(): Promise<void> {
    this.#closed = true
    const sessions = [...this.#open.keys()].map((id) => this.#take(id).session)
    await Promise.all(sessions.map((session) => session.rollback()))
  }

  #find(id: unknown): OpenTransaction {
    const transaction = this.#open.get(String(id))
    if (transaction) return transaction
    throw (
      this.#gone.get(String(id)) ??
      new CallError('invalid_arguments', 'transaction: there is none of that id in this execution.')
    )
  }

  #take(id: unknown): OpenTransaction {
    const transaction = this.#find(id)
    clearTimeout(transaction.timer)
    this.#open.delete(String(id))
    this.#gone.set(String(id), new CallError('transaction_ended', 'The transaction has ended.'))
    return transaction
  }

  async #fail(id: string, why: CallError): Promise<void> {
    if (!this.#open.has(id)) return
    const { session } = this.#take(id)
    this.#gone.set(id, why)
    await session.rollback()
  }
}
