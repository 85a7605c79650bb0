import type { ClientConfig } from 'pg'

import type { Database } from '../database/database.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { PrivateTargets } from '../private-targets.ts'
import type { OpenBinding } from './binding.ts'
import { createDbBinding } from './db/db-binding.ts'
import { openScriptDatabase } from './db/script-database.ts'
import { openEvents } from './events.ts'
import { createHttp } from './http/create-http.ts'
import { createScriptApi, type ScriptApi } from './script-api.ts'

export interface ScriptApiParts {
  database: Database
  logger: Logger
  metrics?: Metrics
  /** The login of scripts' own SQL. */
  scriptConnection: ClientConfig
  /** The most connections of this process under it. */
  scriptConnections: number
  /** What scripts may call by HTTP though it is not public. */
  egressAllowPrivate: PrivateTargets
}

/** The script API as this process offers it; nothing is connected before a script calls. */
export function openScriptApi(options: ScriptApiParts): ScriptApi {
  const { database, logger, metrics, scriptConnection, scriptConnections, egressAllowPrivate } = options
  const scripts = openScriptDatabase({
    connection: scriptConnection,
    connections: scriptConnections,
    database,
    logger,
  })
  const parts: OpenBinding[] = [
    openEvents(database),
    createHttp({ logger, metrics, permitted: egressAllowPrivate }),
    createDbBinding(scripts),
  ]
  return createScriptApi({
    parts,
    onCall: (kind) => metrics?.apiCalls.inc({ kind }),
    onClose: () => scripts.close(),
  })
}
