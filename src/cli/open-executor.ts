import { openScriptApi } from '../bindings/open-script-api.ts'
import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import { type Executor, startExecutor } from '../executor/executor.ts'
import { type OpenSandbox, openSandbox } from '../executor/open-sandbox.ts'
import type { Waiters } from '../executor/waiters.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { ScriptService } from '../scripts/script-service.ts'

export interface OpenExecutor {
  sandbox: OpenSandbox['sandbox']
  executor: Executor
}

export interface ExecutorParts {
  database: Database
  scripts: ScriptService
  waiters: Waiters
  metrics: Metrics
  logger: Logger
  /** Whether notifications arrive. */
  isListening(): boolean
}

/** Starts sandbox hosts and the executor that feeds them; the caller drains the one and closes the other. */
export async function openExecutor(parts: ExecutorParts, config: Config): Promise<OpenExecutor> {
  const { leaseSeconds } = config
  const pollSeconds = () => (parts.isListening() ? config.listeningPollSeconds : config.pollSeconds)
  const { sandbox, slots } = await openSandbox(config, parts.logger, parts.metrics)
  const api = openScriptApi({ ...parts, egressAllowPrivate: config.egressAllowPrivate })
  return { sandbox, executor: startExecutor({ ...parts, sandbox, api, slots, leaseSeconds, pollSeconds }) }
}
