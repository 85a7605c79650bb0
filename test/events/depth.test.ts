import { describe, expect, test } from 'vitest'

import { query } from '../../src/database/database.ts'
import { givenEventScript, insertEvent } from '../support/given-event-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import { claimOne } from '../support/use-ledger.ts'

describe('the depth of a chain', () => {
  const database = useDatabase()

  /** The code with which an event is refused that a script publishes in answer to one; null where it is not. */
  async function answered(ofTenant: Record<string, number>, ofScript: Record<string, number>) {
    const tenant = await givenTenant(database, { limits: ofTenant })
    await givenEventScript(database, tenant, { events: ['order.created'] }, { limits: ofScript })
    await insertEvent(database, tenant, 'order.created', {})
    const { id } = await claimOne(database.node)
    const [published] = await query<{ code: string | null; reason: string | null }>(
      database.node,
      `select code, reason from pgscript_engine.publish_for_execution($1, $2, $3, 'order.answered', '{}', null)`,
      [database.node.capability, tenant.id, id],
    )
    return published?.code
  }

  test("is limited by the tenant, and by the script within the tenant's limit", async () => {
    expect(await answered({}, {})).toBeNull()
    expect(await answered({ causation_depth: 1 }, {})).toBe('causation_depth')
    expect(await answered({}, { causation_depth: 1 })).toBe('causation_depth')
    expect(await answered({ causation_depth: 2 }, { causation_depth: 2 })).toBeNull()
  })
})
