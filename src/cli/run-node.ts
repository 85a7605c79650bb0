import type { QueryConfig } from 'pg'

import type { Config } from '../config.ts'
import { type Listener, listen } from '../database/listener.ts'
import { type Heartbeat, startHeartbeat } from '../executor/heartbeat.ts'
import { createWaiters, type Waiters } from '../executor/waiters.ts'
import { createApp } from '../http/app.ts'
import type { ReadinessCheck } from '../http/health.ts'
import { type HttpServer, listenHttp } from '../http/server.ts'
import type { Logger } from '../log.ts'
import { createMetrics, type Metrics } from '../metrics.ts'
import { type Background, startBackground } from '../queue/background.ts'
import { createScriptService, type ScriptService } from '../scripts/script-service.ts'
import type { Installation } from './installation.ts'
import { type OpenExecutor, openExecutor } from './open-executor.ts'

/** A running node: everything that its roles ask for, on one database. */
export interface RunningNode {
  http: HttpServer
  scripts: ScriptService
  waiters: Waiters
  /** Drains and closes everything, in reverse order of opening. The installation is left open. */
  close(): Promise<void>
}

interface Parts {
  metrics: Metrics
  scripts: ScriptService
  waiters: Waiters
  runs?: OpenExecutor
  background?: Background
  heartbeat?: Heartbeat
  listener?: Listener
  http?: HttpServer
}

/** Opens a node's parts; what was opened before a failure is closed again. */
export async function runNode(
  installation: Installation,
  config: Config,
  logger: Logger,
): Promise<RunningNode> {
  const parts: Parts = {
    metrics: createMetrics(),
    scripts: createScriptService({ logger, block: config.analysisBlock }),
    waiters: createWaiters(),
  }
  const close = () => closeParts(parts, config, logger)
  try {
    await openParts(parts, installation, config, logger)
    if (!parts.http) throw new Error('the HTTP server did not open')
    return { http: parts.http, scripts: parts.scripts, waiters: parts.waiters, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function openParts(
  parts: Parts,
  installation: Installation,
  config: Config,
  logger: Logger,
): Promise<void> {
  const { database, secretKeys, connections } = installation
  const { metrics, scripts, waiters } = parts

  if (config.roles.includes('executor')) {
    const scriptConnection = connections.script
    const isListening = () => parts.listener?.connected() ?? false
    parts.runs = await openExecutor(
      { database, secretKeys, scriptConnection, scripts, waiters, metrics, logger, isListening },
      config,
    )
  }
  if (config.roles.includes('scheduler')) {
    parts.background = await startBackground({ connection: connections.node, database, scripts, logger })
  }
  parts.listener = await listen({
    connection: connections.listen,
    logger,
    on: {
      pgscript_cancel: (payload) => parts.runs?.executor.cancel(payload.split(' ')[1] ?? ''),
      pgscript_work: () => parts.runs?.executor.work.ring(),
      pgscript_script_changed: (payload) => parts.runs?.versions.forget(...payload.split(' ')),
      pgscript_version_saved: () => parts.background?.versionSaved(),
      pgscript_finished: (payload) => waiters.told(payload, database.nodeId),
    },
    onGap: () => {
      parts.runs?.versions.forget()
      parts.runs?.executor.work.ring()
      parts.background?.versionSaved()
    },
  })
  if (!parts.runs) parts.heartbeat = startHeartbeat(database, config.leaseSeconds, logger)
  gatherGauges(parts, installation)
  const app = createApp({
    database,
    waiters,
    metrics,
    logger,
    readiness: readinessOf(parts, installation),
    doors: config.roles.includes('http'),
  })
  parts.http = await listenHttp(app, config.host, config.port)
}

async function closeParts(parts: Parts, config: Config, logger: Logger): Promise<void> {
  const step = async (name: string, close: (() => Promise<unknown>) | undefined) => {
    try {
      await close?.()
    } catch (error) {
      logger.warn({ err: error, part: name }, 'a part did not close in order')
    }
  }
  const { http, runs, background, listener, heartbeat, scripts } = parts
  heartbeat?.stop()
  // Both at once: a caller that waits for a result gets it while the executor drains.
  await Promise.all([
    step('http', http && (() => http.close(config.drainSeconds * 1000))),
    step('executor', runs && (() => runs.executor.drain(config.drainSeconds))),
  ])
  await step('sandbox', runs && (() => runs.sandbox.close()))
  await step('script api', runs && (() => runs.api.close()))
  await step('listener', listener && (() => listener.close()))
  await step('background', background && (() => background.close()))
  await step('scripts', () => scripts.close())
}

function readinessOf(parts: Parts, installation: Installation): Record<string, ReadinessCheck> {
  const { runs, background, listener } = parts
  return {
    database: async () => {
      // With an end of its own: checks that hang must not use up the pool.
      await installation.database.pool.query({ text: 'select 1', query_timeout: 2_000 } as QueryConfig)
      return true
    },
    listener: () => listener?.connected() ?? false,
    ...(background && { scheduler: () => background.running() }),
    ...(runs && {
      pool: () => runs.sandbox.stats().hosts.some((host) => host.state === 'ready'),
    }),
  }
}

/** Gauges are read when they are asked for. */
function gatherGauges(parts: Parts, { database }: Installation) {
  const { metrics, runs } = parts
  const { pool } = database
  Object.assign(metrics.databasePool, {
    collect() {
      metrics.databasePool.set({ state: 'idle' }, pool.idleCount)
      metrics.databasePool.set({ state: 'busy' }, pool.totalCount - pool.idleCount)
      metrics.databasePool.set({ state: 'waiting' }, pool.waitingCount)
    },
  })
  Object.assign(metrics.isolates, {
    collect() {
      const hosts = runs?.sandbox.stats().hosts ?? []
      for (const state of ['running', 'warm', 'spare'] as const) {
        metrics.isolates.set(
          { state },
          hosts.reduce((sum, host) => sum + host.isolates[state], 0),
        )
      }
    },
  })
}
