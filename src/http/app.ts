import Router from '@koa/router'
import Koa from 'koa'

import type { Database } from '../database/database.ts'
import type { Waiters } from '../executor/waiters.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { eventRoutes } from './events.ts'
import { executionRoutes } from './executions.ts'
import { healthRoutes, type ReadinessCheck } from './health.ts'
import { errorBoundary } from './middleware/error-boundary.ts'
import { requestMetrics } from './middleware/request-metrics.ts'

export interface AppOptions {
  database: Database
  waiters: Waiters
  metrics: Metrics
  logger: Logger
  readiness: Record<string, ReadinessCheck>
  /** A node without the http role still answers for its health and metrics. */
  doors: boolean
}

/** The node's HTTP face. */
export function createApp(options: AppOptions): Koa {
  const { database, waiters, metrics, logger, readiness, doors } = options
  const app = new Koa()
  // The boundary answers every error; what still gets here is a broken socket.
  app.on('error', (error) => logger.debug({ err: error }, 'a response could not be sent'))

  app.use(requestMetrics(metrics))
  app.use(errorBoundary(logger))
  const routers = [healthRoutes(readiness), metricsRoute(metrics)]
  if (doors) routers.push(executionRoutes(database, waiters), eventRoutes(database))
  for (const router of routers) app.use(router.routes()).use(router.allowedMethods())
  return app
}

function metricsRoute(metrics: Metrics): Router {
  const router = new Router()
  router.get('/metrics', async (ctx) => {
    ctx.type = metrics.registry.contentType
    ctx.body = await metrics.registry.metrics()
  })
  return router
}
