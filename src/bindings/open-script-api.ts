import type { ClientConfig } from 'pg'

import type { Database } from '../database/database.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { OpenBinding } from './binding.ts'
import { createDbBinding } from './db/db-binding.ts'
import { openScriptDatabase } from './db/script-database.ts'
import { createScriptApi, type ScriptApi } from './script-api.ts'

export interface ScriptApiParts {
  database: Database
  logger: Logger
  metrics?: Metrics
  /** The login of scripts' own SQL. */
  scriptConnection: ClientConfig
  /** The most connections of this process under it. */
  scriptConnections: number
}

/** The script API as this process offers it; nothing is connected before a script calls. */
export function openScriptApi(given: ScriptApiParts): ScriptApi {
  const { database, logger, metrics, scriptConnection, scriptConnections } = given
  const scripts = openScriptDatabase({
    connection: scriptConnection,
    connections: scriptConnections,
    database,
    logger,
  })
  const parts: OpenBinding[] = [createDbBinding(scripts)]
  return createScriptApi({
    parts,
    onCall: (kind) => metrics?.apiCalls.inc({ kind }),
    onClose: () => scripts.close(),
  })
}
