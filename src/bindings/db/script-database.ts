import pg, { type ClientConfig, type Pool } from 'pg'

import type { Database } from '../../database/database.ts'
import type { Logger } from '../../log.ts'
import type { RunScope } from '../binding.ts'
import { ConnectionGate, type Purpose } from './connection-gate.ts'
import { createGrammar, type Grammar } from './grammar.ts'
import { connectionMs } from './limits.ts'
import { type Isolation, ScriptSession } from './script-session.ts'
import { unavailable } from './sql-errors.ts'

export interface ScriptDatabaseOptions {
  /** The login of scripts, which has no right but to what is shared. */
  connection: ClientConfig
  /** The most connections of this node for scripts' own SQL. */
  connections: number
  database: Database
  logger: Logger
  grammar?: Grammar
}

/** A node's way to run scripts' own SQL. */
export interface ScriptDatabase {
  grammar: Grammar
  /**
   * A transaction inside the run's tenant; the caller commits it or rolls it back.
   *
   * @throws {CallError} `sql_busy`, `sql_unavailable`
   */
  open(
    run: RunScope,
    options: { purpose: Purpose; readOnly: boolean; isolation: Isolation },
  ): Promise<ScriptSession>
  close(): Promise<void>
}

/** Connects with the first statement. */
export function openScriptDatabase(options: ScriptDatabaseOptions): ScriptDatabase {
  const { database, logger, grammar = createGrammar() } = options
  const pool = openPool(options)
  const gate = new ConnectionGate(options)
  return {
    grammar,
    async open(run, { purpose, readOnly, isolation }) {
      const { tenantId, executionId, signal } = run
      const left = run.deadline - performance.now()
      const leave = await gate.enter(tenantId, purpose, { ms: Math.min(connectionMs, left), signal })
      try {
        const client = await pool.connect().catch((error) => {
          throw unavailable(error)
        })
        const { capability } = database
        const entry = { tenantId, executionId, capability, readOnly, isolation }
        return await ScriptSession.open(client, entry, leave)
      } catch (error) {
        logger.warn({ err: error }, "no transaction for a script's SQL")
        leave()
        throw error
      }
    },
    async close() {
      await Promise.all([pool.end(), grammar.close()])
    },
  }
}

function openPool({ connection, connections, database, logger }: ScriptDatabaseOptions): Pool {
  const pool = new pg.Pool({
    ...connection,
    max: connections,
    application_name: `pgscript ${database.nodeId} scripts`,
    connectionTimeoutMillis: connectionMs,
    keepAlive: true,
  })
  pool.on('error', (error) => logger.warn({ err: error }, "idle connection for scripts' SQL lost"))
  return pool
}
