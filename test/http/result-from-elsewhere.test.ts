import { beforeAll, expect, test } from 'vitest'

import { claimExecutions } from '../../src/executor/claim-executions.ts'
import { completeExecutions, releaseExecutions } from '../../src/executor/report-executions.ts'
import { givenSource } from '../support/executions-of.ts'
import { givenApiKey } from '../support/given-api-key.ts'

import type { GivenScript } from '../support/given-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { until } from '../support/until.ts'
import { reportOn } from '../support/use-ledger.ts'
import { useNode } from '../support/use-node.ts'

// The node that is asked runs nothing; the test's own stands for the one that does.
const node = useNode({ config: { roles: ['http'] } })
let script: GivenScript
let key: string

beforeAll(async () => {
  const tenant = await givenTenant(node.database)
  script = await givenSource(node.database, tenant, 'export default () => 1')
  key = await givenApiKey(node.database, tenant, ['scripts.execute'])
})

const post = (json: object) => node.ask('/api/executions', { key, json: { script: script.name, ...json } })

async function claimOne() {
  const claimed = await until(async () => {
    const [execution] = await claimExecutions(node.database.node, { capacity: 1, leaseSeconds: 30 })
    return execution
  })
  return claimed
}

test('who waits is told, and gets the record without a permission to read others', async () => {
  const asked = post({ wait: 30, input: { private: true } })
  const execution = await claimOne()
  await completeExecutions(node.database.node, [
    reportOn(execution, {
      output: '{"by":"another node"}',
      logs: '[{"level":"info","at":1,"message":"over there"}]',
      metrics: '{"durationMs":3}',
    }),
  ])
  const { status, body } = await asked
  expect(status).toBe(200)
  expect(body).toEqual({
    id: execution.id,
    script: script.name,
    version: 1,
    status: 'completed',
    triggerType: 'api',
    attempt: 1,
    createdAt: expect.any(String),
    runAt: expect.any(String),
    startedAt: expect.any(String),
    finishedAt: expect.any(String),
    output: { by: 'another node' },
    error: null,
    metrics: { durationMs: 3 },
    logs: [{ level: 'info', at: 1, message: 'over there' }],
  })
})

test('one that goes back to the queue is waited for until it has an end', async () => {
  const asked = post({ wait: 30 })
  const first = await claimOne()
  await releaseExecutions(
    node.database.node,
    [{ tenantId: first.tenant_id, id: first.id, fence: first.fence }],
    true,
  )
  const second = await claimOne()
  expect(second.id).toBe(first.id)
  await completeExecutions(node.database.node, [reportOn(second, { output: '2' })])
  expect(await asked).toMatchObject({ status: 200, body: { id: first.id, output: 2 } })
})

test('one that is still running when the wait is over is a 202 that says so', async () => {
  const asked = post({ wait: 1 })
  const execution = await claimOne()
  expect(await asked).toMatchObject({
    status: 202,
    body: { id: execution.id, status: 'running', startedAt: expect.any(String), finishedAt: null },
  })
  await completeExecutions(node.database.node, [reportOn(execution)])
})
