import { describe, expect, test } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { keepUpPartitions } from '../../../src/queue/partition-upkeep.ts'
import { givenTenant } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'

describe('pgscript_engine.forget_keys', () => {
  const database = useDatabase()

  /** As the tables' owner would, past the policies: rows of an age. */
  const plant = (text: string, values: unknown[]) => database.owner.query(text, values)

  async function left(table: string, tenantId: string): Promise<number> {
    const { rows } = await database.owner.query(
      `select count(*)::int as n from pgscript_engine.${table} where tenant_id = $1`,
      [tenantId],
    )
    return rows[0].n
  }

  test('forgets what is too old of each kind, keeps the rest, and is what the upkeep calls', async () => {
    const { id } = await givenTenant(database)
    for (const age of ['1 hour', '400 days']) {
      await plant(
        `insert into pgscript_engine.execution_keys (tenant_id, key, execution_id, created_at)
         values ($1, $2::text, gen_random_uuid(), now() - ($2::text)::interval)`,
        [id, age],
      )
      await plant(
        `insert into pgscript_engine.event_keys (tenant_id, key, event_id, created_at)
         values ($1, $2::text, gen_random_uuid(), now() - ($2::text)::interval)`,
        [id, age],
      )
      await plant(
        `insert into pgscript_engine.tenant_usage (tenant_id, hour, executions)
         values ($1, date_trunc('hour', now() - $2::interval, 'UTC'), 1)`,
        [id, age],
      )
      await plant(
        `insert into pgscript_engine.cancel_requests (tenant_id, execution_id, requested_at)
         values ($1, gen_random_uuid(), now() - ($2::text)::interval)`,
        [id, age],
      )
    }
    await plant(
      `insert into pgscript.refused_events (id, tenant_key, type, payload, reason, source, published_by, created_at)
       select gen_random_uuid(), 'nobody', 'a.b', '{}', 'none', 'sql', 'x', now() - age
       from unnest(array['1 hour', '31 days']::interval[]) as age`,
      [],
    )

    await keepUpPartitions(database.node, silentLogger)

    for (const table of ['execution_keys', 'event_keys', 'tenant_usage', 'cancel_requests']) {
      expect([table, await left(table, id)]).toEqual([table, 1])
    }
    const { rows } = await database.owner.query('select from pgscript.refused_events')
    expect(rows).toHaveLength(1)
  })
})
