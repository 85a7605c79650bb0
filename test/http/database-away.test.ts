import { beforeAll, beforeEach, expect, test } from 'vitest'

import { givenSource } from '../support/executions-of.ts'
import { givenApiKey } from '../support/given-api-key.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { until } from '../support/until.ts'
import { type Reply, useNode } from '../support/use-node.ts'

const node = useNode()
let key: string
let script: string

beforeAll(async () => {
  const tenant = await givenTenant(node.database)
  key = await givenApiKey(node.database, tenant)
  script = (await givenSource(node.database, tenant, 'export default () => 1')).name
})

beforeEach(async () => {
  await node.proxy.mend()
  await until(async () => (await node.ask('/health/ready')).status === 200)
})

function expectUnavailable({ status, headers, body }: Reply) {
  expect(status).toBe(503)
  expect(headers.get('retry-after')).toBe('2')
  expect(body).toEqual({
    error: {
      code: 'database_unavailable',
      message: 'The database cannot be reached; try again in a moment.',
    },
  })
}

test('without the database it asks callers to come again, is alive and not ready', async () => {
  await node.proxy.cut()
  expectUnavailable(await node.ask('/api/executions', { key, json: { script } }))
  expectUnavailable(await node.ask('/api/executions/00000000-0000-7000-8000-000000000000', { key }))
  expect((await node.ask('/health/live')).status).toBe(200)
  const ready = await until(async () => {
    const reply = await node.ask('/health/ready')
    return reply.body.checks.listener === 'failed' && reply
  })
  expect(ready).toMatchObject({
    status: 503,
    body: {
      status: 'not ready',
      checks: { database: 'failed', listener: 'failed', pool: 'ok' },
    },
  })
  expect((await node.ask('/metrics')).status).toBe(200)
})

test('when the database is back it goes on by itself', async () => {
  await node.proxy.cut()
  expectUnavailable(await node.ask('/api/executions', { key, json: { script } }))
  await node.proxy.mend()
  const reply = await until(async () => {
    const answer = await node.ask('/api/executions', { key, json: { script, wait: 20 } })
    return answer.status === 200 && answer
  })
  expect(reply.body.output).toBe(1)
})

test('a database that does not answer makes it not ready, soon', async () => {
  node.proxy.freeze()
  const started = performance.now()
  const { status, body } = await node.ask('/health/ready')
  expect({ status, database: body.checks.database }).toEqual({ status: 503, database: 'failed' })
  expect(performance.now() - started).toBeLessThan(10_000)
})

test("what went wrong is in the log, without a caller's key", async () => {
  await node.proxy.cut()
  await node.ask('/api/executions', { key, json: { script } })
  expect(node.log).toContainEqual(
    expect.objectContaining({
      level: 'warn',
      msg: 'the database cannot be reached',
      path: '/api/executions',
    }),
  )
  expect(JSON.stringify(node.log)).not.toContain(key)
})
