import type { ClientConfig } from 'pg'

import { openScriptApi } from '../bindings/open-script-api.ts'
import type { ScriptApi } from '../bindings/script-api.ts'
import type { SecretKeys } from '../bindings/secret-keys.ts'
import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import { type CodeCache, createCodeCache, withCompiledCode } from '../executor/code-cache.ts'
import { type Executor, startExecutor } from '../executor/executor.ts'
import { createVersionLoader, type VersionLoader } from '../executor/load-version.ts'
import { logWalls, type OpenSandbox, openSandbox } from '../executor/open-sandbox.ts'
import type { Waiters } from '../executor/waiters.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { ScriptService } from '../scripts/script-service.ts'

export interface OpenExecutor {
  sandbox: OpenSandbox['sandbox']
  executor: Executor
  api: ScriptApi
  /** What is known of scripts. */
  versions: VersionLoader
}

export interface ExecutorParts {
  database: Database
  secretKeys: SecretKeys
  scripts: ScriptService
  waiters: Waiters
  metrics: Metrics
  logger: Logger
  /** The login of scripts' own SQL. */
  scriptConnection: ClientConfig
  /** Whether notifications arrive. */
  isListening(): boolean
}

/** Starts sandbox hosts and the executor that feeds them; the caller drains the one and closes the others. */
export async function openExecutor(parts: ExecutorParts, config: Config): Promise<OpenExecutor> {
  const { leaseSeconds, scriptConnections, egressAllowPrivate } = config
  const { database, logger, metrics } = parts
  const pollSeconds = () => (parts.isListening() ? config.listeningPollSeconds : config.pollSeconds)
  const observers = { metrics, onStaleCode: (key: string) => codeCache?.stale(key) }
  let codeCache: CodeCache | undefined
  const { sandbox, slots } = await openSandbox(config, logger, observers)
  logWalls(sandbox, logger)
  codeCache = createCodeCache({ database, sandbox, logger, metrics })
  const api = openScriptApi({ ...parts, scriptConnections, egressAllowPrivate })
  const versions = withCompiledCode(createVersionLoader(database, parts.scripts), codeCache)
  const executor = startExecutor({ ...parts, versions, sandbox, api, slots, leaseSeconds, pollSeconds })
  return { sandbox, executor, api, versions }
}
