import type { Middleware } from 'koa'

import type { Metrics } from '../../metrics.ts'

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Counts answers by method and status; an invented method counts as OTHER, to bound the labels. */
export function requestMetrics(metrics: Metrics): Middleware {
  return async function requestMetrics(ctx, next) {
    await next()
    const method = methods.has(ctx.method) ? ctx.method : 'OTHER'
    metrics.httpRequests.inc({ method, status: String(ctx.status) })
  }
}
