import { expect, test } from 'vitest'

import { givenSource } from '../support/executions-of.ts'
import { givenApiKey } from '../support/given-api-key.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { until } from '../support/until.ts'
import { useNode } from '../support/use-node.ts'

const node = useNode()

test('a node that remembers a script for ten seconds hears of a change long before', async () => {
  const tenant = await givenTenant(node.database)
  const key = await givenApiKey(node.database, tenant)
  const script = await givenSource(
    node.database,
    tenant,
    'export default (_, { tenant, limits }) => [tenant.name, limits.remaining().apiCalls]',
  )
  const outputOf = async () =>
    (await node.ask('/api/executions', { key, json: { script: script.name, wait: 20 } })).body.output
  await outputOf()
  await node.database.owner.query('select pgscript.upsert_tenant($1, name => $2, limits => $3)', [
    tenant.key,
    'Another',
    { api_calls: 7 },
  ])
  // By the clock alone it would take ten.
  const output = await until(
    async () => {
      const [name, calls] = await outputOf()
      return name === 'Another' && [name, calls]
    },
    { within: 5_000 },
  )
  expect(output).toEqual(['Another', 7])
})
