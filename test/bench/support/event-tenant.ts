import { randomBytes } from 'node:crypto'

type Query = (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>

export interface EventTenant {
  id: string
  key: string
}

const highestLimits = { concurrent_runs_per_script: 1_000, concurrent_runs_per_tenant: 10_000 }

/** A tenant with an active event script for each of these types; concurrency limits at their highest. */
export async function createEventTenant(
  query: Query,
  types: readonly string[],
  source = 'export default () => 1',
): Promise<EventTenant> {
  const key = `events-${randomBytes(6).toString('hex')}`
  const [tenant] = await query('select id from pgscript.upsert_tenant($1, limits => $2)', [
    key,
    highestLimits,
  ])
  const id = String(tenant?.id)
  for (const [number, type] of types.entries()) {
    const name = `subscriber ${number}`
    const [script] = await query("select id from pgscript.save_script($1, $2, $3, 'event', config => $4)", [
      key,
      name,
      source,
      JSON.stringify({ events: [type] }),
    ])
    await query("select pgscript_engine.record_check($1, $2, 1, 'accepted', '[]')", [id, script?.id])
    await query('select pgscript.activate_script($1, $2)', [key, name])
  }
  return { id, key }
}
