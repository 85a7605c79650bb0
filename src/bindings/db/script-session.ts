import type { Duplex } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import pg, { type PoolClient } from 'pg'

import { CallError } from '../binding.ts'
import { BoundedQuery, type BoundedResult, ResultBoundError } from './bounded-query.ts'
import { requestCancel } from './cancel-request.ts'
import { lockMs, maxResultBytes, maxRows, statementMs, transactionMs } from './limits.ts'
import type { Parameter } from './parameters.ts'
import { sqlError, unavailable } from './sql-errors.ts'

export const isolationLevels = ['read committed', 'repeatable read', 'serializable'] as const
export type Isolation = (typeof isolationLevels)[number]

export interface SessionOptions {
  tenantId: string
  executionId: string
  capability: string
  readOnly: boolean
  isolation: Isolation
}

/**
 * One transaction of a script's own SQL, on a connection of its own, inside the script's tenant.
 *
 * What is set holds for the transaction only, so nothing of it depends on the connection having been
 * left alone. A connection is used again only after `reset` has found it empty; whatever was cancelled,
 * failed in an unknown way or lost is closed.
 */
export class ScriptSession {
  readonly #client: PoolClient
  readonly #onReleased: () => void
  #doubtful = false
  #released = false

  private constructor(client: PoolClient, onReleased: () => void) {
    this.#client = client
    this.#onReleased = onReleased
    client.on('error', this.#onError)
  }

  readonly #onError = () => {
    this.#doubtful = true
  }

  /**
   * Begins the transaction and enters the tenant; the script's first statement comes after that.
   * `onReleased` is called when the connection is free for others, or closed.
   */
  static async open(
    client: PoolClient,
    options: SessionOptions,
    onReleased: () => void,
  ): Promise<ScriptSession> {
    const session = new ScriptSession(client, onReleased)
    try {
      await client.query(beginText(options))
      await client.query('select pgscript_shared.enter_script($1, $2, $3)', [
        options.tenantId,
        options.executionId,
        options.capability,
      ])
      return session
    } catch (error) {
      session.discard()
      throw unavailable(error)
    }
  }

  /**
   * Runs the script's statement, for `ms` at most; it is cancelled when the signal says so.
   *
   * @throws {CallError} after which the transaction can only be rolled back.
   */
  async run(
    text: string,
    values: readonly Parameter[],
    { ms, signal }: { ms: number; signal: AbortSignal },
  ): Promise<BoundedResult> {
    const bounds = { rows: maxRows, bytes: maxResultBytes }
    const query = new BoundedQuery({ text, values, bounds })
    const stop = (reason: 'timeout' | 'ended' | 'bytes') => {
      stopped ??= reason
      this.#doubtful = true
      void this.#cancel(query)
    }
    let stopped: 'timeout' | 'ended' | 'bytes' | undefined
    const onAbort = () => stop('ended')
    const timer = setTimeout(() => stop('timeout'), ms)
    signal.addEventListener('abort', onAbort)
    const unwatch = this.#watchBytes(() => stop('bytes'))
    try {
      if (signal.aborted) throw ended()
      this.#client.query(query)
      return await query.result
    } catch (error) {
      if (stopped === 'timeout') throw timedOut(error)
      if (stopped === 'ended') throw ended()
      if (stopped === 'bytes') throw sqlError(new ResultBoundError('bytes'))
      throw sqlError(error, [text, ...values.map((value) => (typeof value === 'function' ? null : value))])
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      unwatch()
    }
  }

  async commit(): Promise<void> {
    try {
      const { command } = await this.#client.query('commit')
      // Of a failed transaction, COMMIT is a rollback and no error.
      if (command !== 'COMMIT') throw new CallError('sql_error', 'The transaction was rolled back.')
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) this.#doubtful = true
      throw sqlError(error)
    } finally {
      void this.#giveBack()
    }
  }

  /** Fulfilled when nothing of the transaction can become lasting any more. */
  async rollback(): Promise<void> {
    if (this.#released) return
    if (!this.#doubtful) {
      await this.#client.query('rollback').catch(() => {
        this.#doubtful = true
      })
    }
    void this.#giveBack()
  }

  /** Closes the connection at once; what it had begun is rolled back by the server. */
  discard(): void {
    this.#release(true)
  }

  async #giveBack(): Promise<void> {
    if (this.#released) return
    this.#release(this.#doubtful || !(await isReset(this.#client)) || this.#doubtful)
  }

  #release(close: boolean): void {
    if (this.#released) return
    this.#released = true
    this.#client.off('error', this.#onError)
    // A connection that is closed may still report how.
    if (close) this.#client.on('error', () => undefined)
    this.#client.release(close)
    this.#onReleased()
  }

  /** A value longer than the bound is never in memory as a whole: the connection is closed while it comes. */
  #watchBytes(exceed: () => void): () => void {
    const stream = streamOf(this.#client)
    let received = 0
    const count = (chunk: Buffer) => {
      received += chunk.length
      if (received > 2 * maxResultBytes) {
        exceed()
        stream.destroy()
      }
    }
    stream.on('data', count)
    return () => stream.off('data', count)
  }

  /** Asks the server to stop, by a connection of its own; one that does not is cut off. */
  async #cancel(query: BoundedQuery): Promise<void> {
    const settled = query.result.catch(() => undefined)
    requestCancel(this.#client)
    const answered = await Promise.race([settled.then(() => true), wait(cancelMs, false, { ref: false })])
    if (!answered) streamOf(this.#client).destroy()
  }
}

const cancelMs = 1_000

function streamOf(client: PoolClient): Duplex {
  return (client as unknown as { connection: { stream: Duplex } }).connection.stream
}

function ended(): CallError {
  return new CallError('execution_ended', 'This execution has ended.')
}

function timedOut(cause: unknown): CallError {
  return new CallError('sql_timeout', 'sql: The statement took too long.', { cause })
}

/**
 * What a transaction begins with. Names without a schema mean PostgreSQL's own, then what is shared;
 * temporary tables come last, so that none can stand before those.
 */
function beginText({ readOnly, isolation }: SessionOptions): string {
  return `begin isolation level ${isolation} ${readOnly ? 'read only' : 'read write'};
    set local search_path = pg_catalog, pgscript_shared, pg_temp;
    set local statement_timeout = ${statementMs};
    set local lock_timeout = ${lockMs};
    set local idle_in_transaction_session_timeout = ${transactionMs};
    set local timezone = 'UTC';
    set local datestyle = 'ISO, YMD';
    set local intervalstyle = 'iso_8601';
    set local bytea_output = 'hex';
    set local extra_float_digits = 1;
    set local standard_conforming_strings = on;
    set local max_parallel_workers_per_gather = 0;
    set local jit = off`
}

/**
 * What DISCARD ALL does, but for cached plans, which hold nothing of anybody and cost a millisecond to make
 * again; and then a look at what is left. One message, for it is sent after each statement.
 */
const resetText = `close all;
  set session authorization default;
  reset all;
  deallocate all;
  unlisten *;
  select pg_advisory_unlock_all();
  discard temp;
  discard sequences;
  select coalesce(current_setting('pgscript.context', true), '') = ''
    and current_user = session_user and pg_my_temp_schema() = 0
    and not exists (select from pg_prepared_statements)
    and not exists (select from pg_cursors)
    and not exists (select from pg_listening_channels()) as empty`

/** Empties a session; what cannot be emptied is not used again. */
async function isReset(client: PoolClient): Promise<boolean> {
  try {
    const results: unknown = await client.query(resetText)
    const last = Array.isArray(results) ? results.at(-1) : undefined
    return last?.rows[0]?.empty === true
  } catch {
    return false
  }
}
