import type { ClientConfig } from 'pg'

import type { Database } from '../database/database.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { PrivateTargets } from '../private-targets.ts'
import type { OpenBinding } from './binding.ts'
import { openCache } from './cache.ts'
import { openCollections } from './collections.ts'
import { createDbBinding } from './db/db-binding.ts'
import { openScriptDatabase } from './db/script-database.ts'
import { openEngine } from './engine.ts'
import { openEvents } from './events.ts'
import { createHttp } from './http/create-http.ts'
import { createRateLimiter } from './rates.ts'
import { createScriptApi, type ScriptApi } from './script-api.ts'
import type { SecretKeys } from './secret-keys.ts'
import { openSecrets } from './secrets.ts'
import { openServices, type Services } from './services.ts'
import { openStorage } from './storage.ts'
import { openVariables } from './variables.ts'

export interface ScriptApiParts {
  database: Database
  /** What secrets are encrypted with. */
  secretKeys: SecretKeys
  logger: Logger
  metrics?: Metrics
  /** The login of scripts' own SQL. */
  scriptConnection: ClientConfig
  /** The most connections of this process under it. */
  scriptConnections: number
  /** What scripts may call by HTTP though it is not public. */
  egressAllowPrivate: PrivateTargets
  /** What the host platform offers to scripts; none in a node that runs by itself. */
  services?: Services
}

/** The script API as this process offers it; nothing is connected before a script calls. */
export function openScriptApi(options: ScriptApiParts): ScriptApi {
  const { database, secretKeys, logger, metrics } = options
  const scripts = openScriptDatabase({
    connection: options.scriptConnection,
    connections: options.scriptConnections,
    database,
    logger,
  })
  const engine = openEngine(database)
  const parts: OpenBinding[] = [
    openEvents(database),
    createHttp({ logger, metrics, permitted: options.egressAllowPrivate }),
    createDbBinding(scripts),
    openSecrets({ engine, keys: secretKeys, logger }),
    openVariables(engine),
    openCache(engine),
    openStorage(engine),
    openCollections(engine),
    openServices(options.services ?? new Map()),
  ]
  const { admit } = createRateLimiter(database)
  return createScriptApi({
    parts,
    admit,
    logger,
    onCall: (kind) => metrics?.apiCalls.inc({ kind }),
    onClose: () => scripts.close(),
  })
}
