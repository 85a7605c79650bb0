import Router from '@koa/router'

/** A part of the node that must work for it to be useful. */
export type ReadinessCheck = () => Promise<boolean> | boolean

/**
 * `/health/live`: the process answers. `/health/ready`: every part it needs works; 503 with the parts
 * that do not, so that a load balancer sends its requests elsewhere.
 */
export function healthRoutes(checks: Record<string, ReadinessCheck>): Router {
  const router = new Router({ prefix: '/health' })
  router.get('/live', (ctx) => {
    ctx.body = { status: 'live' }
  })
  router.get('/ready', async (ctx) => {
    const entries = await Promise.all(
      Object.entries(checks).map(
        async ([name, check]) => [name, (await settled(check)) ? 'ok' : 'failed'] as const,
      ),
    )
    const ready = entries.every(([, state]) => state === 'ok')
    ctx.status = ready ? 200 : 503
    ctx.body = { status: ready ? 'ready' : 'not ready', checks: Object.fromEntries(entries) }
  })
  return router
}

/** A load balancer asks again every few seconds; a part that is not there in time is not there. */
const longestCheckMs = 3_000

async function settled(check: ReadinessCheck): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), longestCheckMs)
  try {
    return await Promise.race([check(), late])
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
