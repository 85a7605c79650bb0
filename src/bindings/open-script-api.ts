import type { Database } from '../database/database.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { OpenBinding } from './binding.ts'
import { openEvents } from './events.ts'
import { createScriptApi, type ScriptApi } from './script-api.ts'

export interface ScriptApiParts {
  database: Database
  logger: Logger
  metrics?: Metrics
}

/** The script API as this process offers it. */
export function openScriptApi({ database, metrics }: ScriptApiParts): ScriptApi {
  const parts: OpenBinding[] = [openEvents(database)]
  return createScriptApi({ parts, onCall: (kind) => metrics?.apiCalls.inc({ kind }) })
}
