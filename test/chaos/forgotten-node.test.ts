import { expect, test } from 'vitest'

import { execute, givenSource, waits, whenFinished } from '../support/executions-of.ts'
import { givenTenant, onlyRow } from '../support/given-tenant.ts'
import { useNodes } from '../support/node-process.ts'
import { until } from '../support/until.ts'
import { useDatabase } from '../support/use-database.ts'

const database = useDatabase()
const nodes = useNodes()

// As after an hour in which the machine slept: the others have removed its row, and with it its capability.
test.for(['http', 'executor', 'scheduler'])(
  'a node (%s) that was forgotten registers again',
  async (role) => {
    const environment = { PGSCRIPT_SANDBOX_HOSTS: '1', PGSCRIPT_LEASE_SECONDS: '2' }
    const node = await nodes.start({ database, environment, args: ['--role', role] })
    const { rowCount } = await database.owner.query('delete from pgscript_engine.nodes where id = $1', [
      node.nodeId,
    ])
    expect(rowCount).toBe(1)

    const registered = async () => {
      const { rows } = await database.owner.query<{ roles: string[] }>(
        "select roles from pgscript_engine.nodes where id = $1 and alive_until > now() and seen_at > now() - interval '5 seconds'",
        [node.nodeId],
      )
      return rows[0]
    }
    expect(await until(registered, { within: 10_000 })).toEqual({ roles: [role] })

    const tenant = await givenTenant(database)
    const script = await givenSource(database, tenant, waits)
    if (role === 'http') {
      const { rows } = await database.owner.query<{ key: string }>(
        "select pgscript.create_api_key($1, 'test', array['scripts.execute', 'executions.read']) as key",
        [tenant.key],
      )
      const answer = await fetch(`${node.url}/api/executions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${onlyRow(rows).key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ script: script.name }),
      })
      expect(answer.status).toBe(202)
    }
    if (role === 'executor') {
      await execute(database, script, [{}])
      expect(await whenFinished(database, tenant)).toMatchObject([
        { status: 'completed', node_id: node.nodeId },
      ])
    }
  },
)
