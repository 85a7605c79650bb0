import { beforeAll, expect, test } from 'vitest'

import { givenSource } from '../support/executions-of.ts'
import { givenApiKey } from '../support/given-api-key.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { until } from '../support/until.ts'
import { useNode } from '../support/use-node.ts'

/** A database whose connections stay, and that answers nothing. */
const node = useNode({ config: { querySeconds: 1 } })
let key: string
let script: string

beforeAll(async () => {
  const tenant = await givenTenant(node.database)
  key = await givenApiKey(node.database, tenant)
  script = (await givenSource(node.database, tenant, 'export default () => 1')).name
})

test('callers are told so when a statement has waited for its time, and served when it answers again', async () => {
  const ask = () => node.ask('/api/executions', { key, json: { script, wait: 20 } })
  expect((await ask()).status).toBe(200)

  node.proxy.freeze()
  const refused = await ask()
  expect({ status: refused.status, code: refused.body.error.code }).toEqual({
    status: 503,
    code: 'database_unavailable',
  })

  await node.proxy.mend()
  await until(async () => (await ask()).status === 200)
})

test('the node ends all the same', async () => {
  node.proxy.freeze()
  await node.close()
})
