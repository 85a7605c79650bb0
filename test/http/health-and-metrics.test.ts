import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { describe, expect, test } from 'vitest'

import { healthRoutes } from '../../src/http/health.ts'

import { execute, givenSource, whenFinished } from '../support/executions-of.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useNode } from '../support/use-node.ts'

describe('a node with every role', () => {
  const node = useNode({ config: { roles: ['http', 'executor', 'scheduler'] } })

  test('is live and ready, and says what it looked at', async () => {
    expect((await node.ask('/health/live')).body).toEqual({ status: 'live' })
    const { status, body } = await node.ask('/health/ready')
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        status: 'ready',
        checks: { database: 'ok', listener: 'ok', scheduler: 'ok', pool: 'ok' },
      },
    })
  })

  test('counts what it ran and answered, and measures it', async () => {
    const tenant = await givenTenant(node.database)
    const fine = await givenSource(node.database, tenant, 'export default () => 1')
    const bad = await givenSource(node.database, tenant, 'export default () => { throw 1 }')
    await execute(node.database, fine, [{}, {}])
    await execute(node.database, bad, [{}])
    await whenFinished(node.database, tenant)
    await node.ask('/nowhere', { method: 'BREW' }).catch(() => undefined)
    await node.ask('/nowhere')

    const { status, headers, text } = await node.ask('/metrics')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    const metrics = new Map(
      text
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
    )
    expect(metrics.get('pgscript_executions_total{status="completed",trigger="api"}')).toBe(2)
    expect(metrics.get('pgscript_executions_total{status="failed",trigger="api"}')).toBe(1)
    expect(metrics.get('pgscript_queue_wait_seconds_count{trigger="api"}')).toBe(3)
    expect(metrics.get('pgscript_execution_duration_seconds_count{status="completed"}')).toBe(2)
    expect(metrics.get('pgscript_http_requests_total{method="GET",status="404"}')).toBeGreaterThan(0)
    expect(metrics.get('pgscript_sandbox_host_exits_total')).toBe(0)
    expect(metrics.get('pgscript_leases_lost_total')).toBe(0)
    for (const state of ['running', 'warm', 'spare'])
      expect(metrics.has(`pgscript_pool_isolates{state="${state}"}`)).toBe(true)
    expect(metrics.get('pgscript_database_pool_connections{state="idle"}')).toBeGreaterThan(0)
    // Nothing a tenant chooses may be a label: it would make as many series as it likes.
    const labels = new Set([...text.matchAll(/(\w+)="/g)].map(([, name]) => name))
    expect([...labels].sort()).toEqual(['isolate', 'le', 'method', 'result', 'state', 'status', 'trigger'])
  })
})

test('a check that throws, or never ends, is a part that failed, soon enough for a load balancer', async () => {
  const routes = healthRoutes({
    fine: () => true,
    throws: () => Promise.reject(new Error('secret')),
    stuck: () => new Promise<boolean>(() => {}),
  })
  const server = new Koa().use(routes.routes()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const reply = await fetch(`http://127.0.0.1:${port}/health/ready`)
  const body = await reply.json()
  server.close()
  expect({ status: reply.status, body }).toEqual({
    status: 503,
    body: { status: 'not ready', checks: { fine: 'ok', throws: 'failed', stuck: 'failed' } },
  })
})

describe('a node without the http role', () => {
  const node = useNode({ config: { roles: ['executor'] } })

  test('answers for its health and metrics only', async () => {
    const ready = await node.ask('/health/ready')
    expect(ready).toMatchObject({
      status: 200,
      body: { checks: { database: 'ok', listener: 'ok', pool: 'ok' } },
    })
    expect(ready.body.checks).not.toHaveProperty('scheduler')
    expect((await node.ask('/metrics')).status).toBe(200)
    expect((await node.ask('/api/executions', { json: {} })).status).toBe(404)
  })
})
