import type { Database } from '../database/database.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { PrivateTargets } from '../private-targets.ts'
import type { OpenBinding } from './binding.ts'
import { openEvents } from './events.ts'
import { createHttp } from './http/create-http.ts'
import { createScriptApi, type ScriptApi } from './script-api.ts'

export interface ScriptApiParts {
  database: Database
  logger: Logger
  metrics?: Metrics
  /** What scripts may call by HTTP though it is not public. */
  egressAllowPrivate: PrivateTargets
}

/** The script API as this process offers it. */
export function openScriptApi(options: ScriptApiParts): ScriptApi {
  const { database, logger, metrics, egressAllowPrivate } = options
  const parts: OpenBinding[] = [
    openEvents(database),
    createHttp({ logger, metrics, permitted: egressAllowPrivate }),
  ]
  return createScriptApi({ parts, onCall: (kind) => metrics?.apiCalls.inc({ kind }) })
}
