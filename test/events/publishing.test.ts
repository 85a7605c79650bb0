import { Client } from 'pg'
import { describe, expect, test } from 'vitest'

import { transaction } from '../../src/database/database.ts'
import { completeExecutions } from '../../src/executor/report-executions.ts'
import { openTransaction, startAndBlock } from '../ledger/second-connection.ts'
import { givenHostRole } from '../support/call.ts'
import { deliveriesOf, eventsOf, givenEventScript, insertEvent } from '../support/given-event-script.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import { claim, reportOn } from '../support/use-ledger.ts'

const insert = 'insert into pgscript.events (tenant_key, type, payload) values ($1, $2, $3)'

describe('publishing', () => {
  const database = useDatabase()

  async function givenSubscribed(): Promise<GivenTenant> {
    const tenant = await givenTenant(database)
    await givenEventScript(database, tenant, { events: ['order.*'] })
    return tenant
  }

  const asRole = <T>(
    role: string,
    work: (run: (text: string, values?: unknown[]) => Promise<T>) => Promise<T>,
  ) =>
    transaction({ pool: database.owner }, async (client) => {
      await client.query(`set local role ${client.escapeIdentifier(role)}`)
      return await work(async (text, values) => (await client.query(text, values)).rows as T)
    })

  test('10,000 events of one INSERT run exactly once each', async () => {
    const tenant = await givenTenant(database, { limits: { concurrent_runs_per_tenant: 10_000 } })
    await givenEventScript(
      database,
      tenant,
      { events: ['order.*'] },
      { limits: { concurrent_runs_per_script: 1000 } },
    )
    await database.owner.query(
      `insert into pgscript.events (tenant_key, type, payload)
       select $1, 'order.created', jsonb_build_object('n', n) from generate_series(1, 10000) as n`,
      [tenant.key],
    )
    expect(await deliveriesOf(database, tenant)).toHaveLength(10_000)
    const ran: unknown[] = []
    for (let claimed = await claim(database.node, 500); claimed.length > 0; ) {
      await completeExecutions(
        database.node,
        claimed.map((execution) => reportOn(execution)),
      )
      ran.push(...claimed.map(({ input }) => JSON.parse(input).n))
      claimed = await claim(database.node, 500)
    }
    expect(ran).toHaveLength(10_000)
    expect(new Set(ran).size).toBe(10_000)
    const { rows } = await database.owner.query(
      `select status, count(*)::int as n from pgscript.executions where tenant_id = $1 group by status`,
      [tenant.id],
    )
    expect(rows).toEqual([{ status: 'completed', n: 10_000 }])
  })

  test('a single event costs no more in a session that has published many at once', async () => {
    const client = await database.owner.connect()
    const read = async () => {
      const { rows } = await client.query<{ n: number }>(
        `select (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as n
         from pg_stat_xact_all_tables where relid = 'pgscript.tenants'::regclass`,
      )
      return rows[0]?.n ?? 0
    }
    try {
      // Without what tenants come with, which takes long.
      await client.query('set session_replication_role = replica')
      await client.query(
        "insert into pgscript.tenants (id, key, name) select pgscript.uuid_v7(), 'of many ' || n, 'x' from generate_series(1, 5000) as n",
      )
      await client.query('reset session_replication_role')
      // The last of them by its id.
      const tenant = await givenSubscribed()
      await client.query('analyze pgscript.tenants, pgscript_engine.subscriptions')
      await client.query('begin')
      // The session keeps the plan that it made for as many.
      await client.query(
        `insert into pgscript.events (tenant_key, type, payload)
         select $1, 'order.created', '{}' from generate_series(1, 10000)`,
        [tenant.key],
      )
      const before = await read()
      await client.query(insert, [tenant.key, 'order.created', '{}'])
      expect((await read()) - before).toBeLessThan(20)
    } finally {
      client.release(true)
    }
  })

  test('what is rolled back has never been', async () => {
    const tenant = await givenSubscribed()
    const rollingBack = transaction({ pool: database.owner }, async (client) => {
      await client.query(insert, [tenant.key, 'order.created', '{}'])
      throw new Error('roll back')
    })
    await expect(rollingBack).rejects.toThrow('roll back')
    expect([await eventsOf(database, tenant), await deliveriesOf(database, tenant)]).toEqual([[], []])
  })

  test('a publisher that dies before its commit leaves nothing', async () => {
    const tenant = await givenSubscribed()
    const other = new Client(database.url)
    other.on('error', () => undefined)
    await other.connect()
    await other.query('begin')
    await other.query(insert, [tenant.key, 'order.created', '{}'])
    const { rows } = await other.query('select pg_backend_pid() as pid')
    await database.owner.query('select pg_terminate_backend($1)', [rows[0].pid])
    await expect(other.query('commit')).rejects.toThrow()
    expect([await eventsOf(database, tenant), await deliveriesOf(database, tenant)]).toEqual([[], []])
  })

  test('two transactions with one idempotency key make one event', async () => {
    const tenant = await givenSubscribed()
    const publish = "select pgscript.publish_event($1, 'order.created', '{}', 'order 7') as id"
    const first = await openTransaction(database)
    const [made] = await first.run<{ id: string }>(publish, [tenant.key])
    const { outcome } = await startAndBlock(database, () => database.owner.query(publish, [tenant.key]))
    await first.commit()
    expect((await outcome).rows).toEqual([made])
    expect(await eventsOf(database, tenant)).toMatchObject([made])
    expect(await deliveriesOf(database, tenant)).toHaveLength(1)
  })

  test('a key is free again where the first transaction rolled back', async () => {
    const tenant = await givenSubscribed()
    const text =
      "insert into pgscript.events (tenant_key, type, idempotency_key) values ($1, 'order.created', 'once')"
    const first = await openTransaction(database)
    await first.run(text, [tenant.key])
    const { outcome } = await startAndBlock(database, () => database.owner.query(text, [tenant.key]))
    await first.rollback()
    expect((await outcome).rowCount).toBe(1)
    expect((await database.owner.query(text, [tenant.key])).rowCount).toBe(0)
    expect(await deliveriesOf(database, tenant)).toHaveLength(1)
  })

  test('one statement may publish for several tenants, each getting its own', async () => {
    const [first, second] = [await givenSubscribed(), await givenSubscribed()]
    await database.owner.query(
      "insert into pgscript.events (tenant_key, type) values ($1, 'order.a'), ($2, 'order.b'), ($1, 'order.c')",
      [first.key, second.key],
    )
    expect((await eventsOf(database, first)).map(({ type }) => type)).toEqual(['order.a', 'order.c'])
    expect(await deliveriesOf(database, first)).toHaveLength(2)
    expect(await deliveriesOf(database, second)).toHaveLength(1)
  })

  test('a host role publishes for its tenants, and for no others', async () => {
    const [granted, other] = [await givenSubscribed(), await givenSubscribed()]
    const role = await givenHostRole(database, [granted.key])
    await asRole(role, (run) => run(insert, [granted.key, 'order.created', '{"total": 1}']))
    expect(await eventsOf(database, granted)).toMatchObject([{ status: 'accepted', source: 'sql' }])
    expect(await deliveriesOf(database, granted)).toHaveLength(1)

    for (const key of [other.key, 'no such tenant']) {
      const publishing = asRole(role, (run) => run(insert, [key, 'order.created', '{}']))
      await expect(publishing).rejects.toMatchObject({ code: '42501' })
    }
    const calling = asRole(role, (run) => run("select pgscript.publish_event($1, 'order.x')", [other.key]))
    await expect(calling).rejects.toMatchObject({ code: 'permission_denied' })
    expect(await eventsOf(database, other)).toEqual([])
  })

  test('a host role chooses nothing but tenant, type, payload and key, and changes nothing', async () => {
    const tenant = await givenSubscribed()
    const role = await givenHostRole(database, [tenant.key])
    const refused = [
      "insert into pgscript.events (tenant_key, type, source) values ($1, 'order.x', 'engine')",
      "insert into pgscript.events (tenant_key, type, status) values ($1, 'order.x', 'accepted')",
      "insert into pgscript.events (tenant_key, type, depth) values ($1, 'order.x', 0)",
      "insert into pgscript.events (tenant_key, type, tenant_id) values ($1, 'order.x', gen_random_uuid())",
      "update pgscript.events set type = 'order.y' where tenant_key = $1",
      'delete from pgscript.events where tenant_key = $1',
    ]
    for (const text of refused) {
      await expect(asRole(role, (run) => run(text, [tenant.key]))).rejects.toMatchObject({ code: '42501' })
    }
    const rows = await asRole(role, (run) =>
      run("insert into pgscript.events (tenant_key, type) values ($1, 'order.z') returning id", [tenant.key]),
    )
    expect(rows).toMatchObject([{ id: expect.any(String) }])
  })

  test('a role that was granted nothing cannot publish', async () => {
    const tenant = await givenSubscribed()
    const role = await givenHostRole(database, null)
    const publishing = asRole(role, (run) => run(insert, [tenant.key, 'order.created', '{}']))
    await expect(publishing).rejects.toMatchObject({ code: '42501' })
  })

  test('who received an event is to be read from SQL', async () => {
    const tenant = await givenTenant(database)
    const script = await givenEventScript(database, tenant, { events: ['order.created'] })
    await insertEvent(database, tenant, 'order.created')
    const { rows } = await database.owner.query(
      `select script.name, execution.status
       from pgscript.events as event
       join pgscript.event_deliveries as delivery on delivery.tenant_id = event.tenant_id and delivery.event_id = event.id
       join pgscript.scripts as script on script.tenant_id = event.tenant_id and script.id = delivery.script_id
       join pgscript.executions as execution
         on execution.tenant_id = event.tenant_id and execution.id = delivery.execution_id
       where event.tenant_id = $1`,
      [tenant.id],
    )
    expect(rows).toEqual([{ name: script.name, status: 'pending' }])
  })
})
