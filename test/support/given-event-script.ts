import { randomBytes } from 'node:crypto'

import { type GivenScript, judge } from './given-script.ts'
import { type GivenTenant, onlyRow } from './given-tenant.ts'
import type { TestDatabase } from './use-database.ts'

export interface Subscription {
  events: readonly string[]
  filter?: string
}

export interface EventScriptOptions {
  source?: string
  retry?: boolean
  limits?: Record<string, number>
}

/** An active event script, judged without a node. */
export async function givenEventScript(
  database: TestDatabase,
  tenant: GivenTenant,
  subscription: Subscription,
  { source = 'export default (input) => input', retry, limits = {} }: EventScriptOptions = {},
): Promise<GivenScript> {
  const name = `subscriber ${randomBytes(6).toString('hex')}`
  const { rows } = await database.owner.query<{ id: string }>(
    "select id from pgscript.save_script($1, $2, $3, 'event', config => $4, retry => $5, limits => $6)",
    [tenant.key, name, source, JSON.stringify(subscription), retry, limits],
  )
  const script = { tenant, name, id: onlyRow(rows).id }
  await judge(database, script, 1, 'accepted')
  await database.owner.query('select pgscript.activate_script($1, $2)', [tenant.key, name])
  return script
}

export interface StoredEvent {
  id: string
  type: string
  payload: unknown
  status: string
  refused_code: string | null
  refused_reason: string | null
  source: string
  depth: number
}

export async function eventsOf(database: TestDatabase, tenant: GivenTenant): Promise<StoredEvent[]> {
  const { rows } = await database.owner.query<StoredEvent>(
    `select id, type, payload, status, refused_code, refused_reason, source, depth
     from pgscript.events where tenant_id = $1 order by id`,
    [tenant.id],
  )
  return rows
}

/** Which scripts got which events of the tenant. */
export async function deliveriesOf(database: TestDatabase, tenant: GivenTenant) {
  const { rows } = await database.owner.query<{ event_id: string; script_id: string; execution_id: string }>(
    `select event_id, script_id, execution_id from pgscript.event_deliveries
     where tenant_id = $1 order by event_id, script_id`,
    [tenant.id],
  )
  return rows
}

/** Publishes with a plain INSERT, as the role that installed. */
export async function insertEvent(
  database: TestDatabase,
  tenant: GivenTenant,
  type: string,
  payload: unknown = {},
): Promise<void> {
  await database.owner.query('insert into pgscript.events (tenant_key, type, payload) values ($1, $2, $3)', [
    tenant.key,
    type,
    JSON.stringify(payload),
  ])
}
