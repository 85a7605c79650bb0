import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { transaction } from '../../src/database/database.ts'
import { executionsOf, givenSource, waits, whenFinished } from '../support/executions-of.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { type NodeProcess, useNodes } from '../support/node-process.ts'
import { onAdmin } from '../support/test-cluster.ts'
import { until } from '../support/until.ts'
import { useDatabase } from '../support/use-database.ts'

/** What a save must be judged in, times five. */
const judgeMs = 5 * 2_000

describe('a program of the host platform, with plain SQL and a running node', () => {
  const database = useDatabase()
  const nodes = useNodes()
  const role = `shop_${randomBytes(4).toString('hex')}`
  const password = randomBytes(16).toString('hex')
  let node: NodeProcess
  let tenant: GivenTenant
  let shop: Client

  beforeAll(async () => {
    const { owner, url } = database
    tenant = await givenTenant(database)
    await owner.query(`create role ${role} login password '${password}'`)
    await owner.query('select pgscript.grant_integrator($1, $2)', [role, [tenant.key]])
    node = await nodes.start({ database, environment: { PGSCRIPT_SANDBOX_HOSTS: '1' } })
    const login = new URL(url)
    login.username = role
    login.password = password
    shop = new Client(login.href)
    await shop.connect()
  })

  afterAll(async () => {
    await shop.end()
    // The role belongs to the cluster, what it was granted to the database.
    await database.owner.query(`drop owned by ${role}`)
    await onAdmin(database.cluster.adminUrl, (admin) => admin.query(`drop role ${role}`))
  })

  test('a run asked for in a transaction begins when that commits', async () => {
    const script = await givenSource(database, tenant, waits)
    await shop.query('begin')
    const id = await request(script.name)
    // Another one, asked for later and committed at once, comes and goes meanwhile.
    await database.owner.query('select pgscript.execute_script($1, $2)', [tenant.key, script.name])
    await until(async () =>
      (await executionsOf(database, tenant)).some(({ status }) => status === 'completed'),
    )
    expect((await executionsOf(database, tenant)).map((execution) => execution.id)).not.toContain(id)
    await shop.query('commit')

    const finished = await whenFinished(database, tenant)
    expect(finished.find((execution) => execution.id === id)).toMatchObject({
      status: 'completed',
      attempt: 1,
      node_id: node.nodeId,
      output: { execution: id },
    })
  })

  test('and never when it rolls back', async () => {
    const script = await givenSource(database, tenant, waits)
    const before = await node.metric('pgscript_queue_wait_seconds_count')
    await shop.query('begin')
    const id = await request(script.name)
    await shop.query('rollback')
    const next = await request(script.name)

    const finished = await whenFinished(database, tenant)
    expect(finished.map((execution) => execution.id)).toContain(next)
    expect(finished.map((execution) => execution.id)).not.toContain(id)
    expect(await node.metric('pgscript_queue_wait_seconds_count')).toBe(before + 1)
  })

  test('of other tenants it may run nothing', async () => {
    const other = await givenTenant(database)
    const script = await givenSource(database, other, waits)
    await expect(
      shop.query('select pgscript.execute_script($1, $2)', [other.key, script.name]),
    ).rejects.toMatchObject({ constraint: 'permission_denied' })
    expect(await executionsOf(database, other)).toEqual([])
  })

  test('a version that was saved by plain SQL is judged at once, and then it can become active', async () => {
    const saved = performance.now()
    // Before it is judged, as here in one transaction, it cannot.
    const atOnce = transaction({ pool: database.owner }, async (client) => {
      await client.query("select pgscript.save_script($1, 'good', 'export default () => 1')", [tenant.key])
      await client.query("select pgscript.activate_script($1, 'good')", [tenant.key])
    })
    await expect(atOnce).rejects.toMatchObject({ code: 'version_not_accepted' })
    await save('good', 'export default () => "good"')
    expect(await verdictOn('good')).toEqual({ state: 'accepted', errors: [] })
    expect(performance.now() - saved).toBeLessThan(judgeMs)

    await activate('good')
    const id = await request('good')
    const finished = await whenFinished(database, tenant)
    expect(finished.find((execution) => execution.id === id)).toMatchObject({ output: 'good' })
  })

  test('one that is rejected cannot, and the version that was active goes on', async () => {
    await save('turns bad', 'export default () => 1')
    await verdictOn('turns bad')
    await activate('turns bad')
    await save('turns bad', 'export default () => {')
    expect(await verdictOn('turns bad', 2)).toEqual({ state: 'rejected', errors: ['syntax_error'] })

    await expect(activate('turns bad')).rejects.toMatchObject({ constraint: 'version_not_accepted' })
    const id = await request('turns bad')
    const finished = await whenFinished(database, tenant)
    expect(finished.find((execution) => execution.id === id)).toMatchObject({ output: 1 })
  })

  async function request(script: string): Promise<string> {
    const { rows } = await shop.query<{ id: string }>('select pgscript.execute_script($1, $2) as id', [
      tenant.key,
      script,
    ])
    return rows[0]?.id ?? ''
  }

  /** An integrator of the platform may run scripts; the owner of the database writes them. */
  async function save(name: string, source: string) {
    await database.owner.query('select pgscript.save_script($1, $2, $3)', [tenant.key, name, source])
  }

  async function activate(name: string) {
    await database.owner.query('select pgscript.activate_script($1, $2)', [tenant.key, name])
  }

  async function verdictOn(name: string, version = 1): Promise<{ state: string; errors: string[] }> {
    return await until(
      async () => {
        const { rows } = await database.owner.query<{ state: string; errors: string[] }>(
          `select verdict.state, array(
             select finding ->> 'code' from jsonb_array_elements(verdict.findings) as finding
             where finding ->> 'severity' = 'error'
           ) as errors
           from pgscript.version_checks as verdict
           join pgscript.scripts as script on script.tenant_id = verdict.tenant_id and script.id = verdict.script_id
           where script.tenant_id = $1 and script.name = $2 and verdict.version = $3 and verdict.state <> 'unchecked'`,
          [tenant.id, name, version],
        )
        return rows[0]
      },
      { within: judgeMs, what: 'a node has judged the version' },
    )
  }
})
