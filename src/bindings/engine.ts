import { type Database, query, transaction } from '../database/database.ts'
import type { RunScope } from './binding.ts'
import { type CallGate, createCallGate } from './call-gate.ts'

/** The stored parts' way to the engine's functions. */
export interface Engine {
  /** Calls one; its first two parameters are the node's capability and the run's tenant. */
  call<Row extends object>(run: RunScope, text: string, values?: unknown[]): Promise<Row[]>
  /** The same, ended by the server after `milliseconds`. */
  callWithin<Row extends object>(
    run: RunScope,
    milliseconds: number,
    text: string,
    values?: unknown[],
  ): Promise<Row[]>
}

export function openEngine(database: Database): Engine {
  const gate: CallGate = createCallGate(Math.max(1, Math.floor(database.pool.options.max / 2)))
  return {
    call: (run, text, values = []) =>
      gate.pass(run, () => query(database, text, [database.capability, run.tenantId, ...values])),
    callWithin: (run, milliseconds, text, values = []) =>
      gate.pass(run, () =>
        transaction(database, async (client) => {
          await client.query("select set_config('statement_timeout', $1, true)", [`${milliseconds}ms`])
          return (await client.query(text, [database.capability, run.tenantId, ...values])).rows
        }),
      ),
  }
}

/** For a source that is no saved script: what it keeps for itself is under this id. */
export const noScript = '00000000-0000-0000-0000-000000000000'
