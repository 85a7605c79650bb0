import type { Config } from '../config.ts'
import { query } from '../database/database.ts'
import { type Listener, listen } from '../database/listener.ts'
import { type Executor, startExecutor } from '../executor/executor.ts'
import { type OpenSandbox, openSandbox } from '../executor/open-sandbox.ts'
import { createWaiters, type Waiters } from '../executor/waiters.ts'
import { createApp } from '../http/app.ts'
import type { ReadinessCheck } from '../http/health.ts'
import { type HttpServer, listenHttp } from '../http/server.ts'
import type { Logger } from '../log.ts'
import { createMetrics, type Metrics } from '../metrics.ts'
import { type Background, startBackground } from '../queue/background.ts'
import { createScriptService, type ScriptService } from '../scripts/script-service.ts'
import type { Installation } from './installation.ts'

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
  sandbox?: OpenSandbox
  executor?: Executor
  background?: Background
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
    scripts: createScriptService({ logger }),
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
  const { database, connections } = installation
  const { metrics, scripts, waiters } = parts
  const { leaseSeconds, pollSeconds } = config

  if (config.roles.includes('executor')) {
    parts.sandbox = await openSandbox(config, logger, metrics)
    const { sandbox, slots } = parts.sandbox
    parts.executor = startExecutor({
      database,
      sandbox,
      scripts,
      waiters,
      metrics,
      logger,
      slots,
      leaseSeconds,
      pollSeconds,
    })
  }
  if (config.roles.includes('scheduler')) {
    parts.background = await startBackground({ connection: connections.node, database, scripts, logger })
  }
  parts.listener = await listen({
    connection: connections.listen,
    logger,
    on: {
      pgscript_work: () => parts.executor?.work.ring(),
      pgscript_version_saved: () => parts.background?.versionSaved(),
      pgscript_finished: (payload) => tellWaiters(payload, database.nodeId, waiters),
    },
    onGap: () => {
      parts.executor?.work.ring()
      parts.background?.versionSaved()
    },
  })
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
  const { http, executor, sandbox, background, listener, scripts } = parts
  // Both at once: a caller that waits for a result gets it while the executor drains.
  await Promise.all([
    step('http', http && (() => http.close(config.drainSeconds * 1000))),
    step('executor', executor && (() => executor.drain(config.drainSeconds))),
  ])
  await step('sandbox', sandbox && (() => sandbox.sandbox.close()))
  await step('listener', listener && (() => listener.close()))
  await step('background', background && (() => background.close()))
  await step('scripts', () => scripts.close())
}

/** `node id id …`; other nodes' are not ours to read. */
function tellWaiters(payload: string, nodeId: string, waiters: Waiters) {
  const [node, ...ids] = payload.split(' ')
  if (node === nodeId) for (const id of ids) waiters.finished(id, 'recorded')
}

function readinessOf(parts: Parts, installation: Installation): Record<string, ReadinessCheck> {
  const { executor, background, listener, sandbox } = parts
  return {
    database: async () => {
      await query(installation.database, 'select 1')
      return true
    },
    listener: () => listener?.connected() ?? false,
    ...(background && { scheduler: () => background.running() }),
    ...(executor && {
      pool: () => sandbox?.sandbox.stats().hosts.some((host) => host.state === 'ready') ?? false,
    }),
  }
}

/** Gauges are read when they are asked for. */
function gatherGauges(parts: Parts, { database }: Installation) {
  const { metrics, sandbox } = parts
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
      const hosts = sandbox?.sandbox.stats().hosts ?? []
      for (const state of ['running', 'warm', 'spare'] as const) {
        metrics.isolates.set(
          { state },
          hosts.reduce((sum, host) => sum + host.isolates[state], 0),
        )
      }
    },
  })
}
