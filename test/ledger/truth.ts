import type { TestDatabase } from '../support/use-database.ts'

export interface LiveRow {
  id: string
  tenant_id: string
  status: string
  attempt: number
  takeovers: number
  fence: number
  claimed_by: string | null
  priority: number
  /** Seconds since 1970, to the microsecond. */
  run_at: number
}

export interface FinishedRow {
  id: string
  status: string
  attempt: number
  takeovers: number
  node_id: string | null
  error_code: string | null
}

export interface SlotLeaseRow {
  script_id: string
  node_id: string
  slots: number
  fence: string
}

export interface Ledger {
  live: LiveRow[]
  finished: FinishedRow[]
  leases: SlotLeaseRow[]
  /** Executions begun, by tenant. */
  started: Record<string, number>
  /** Attempts that were followed by another, by execution. */
  attempts: Record<string, number>
}

/** Everything the ledger says of these tenants, in one snapshot. */
export async function readLedger(database: TestDatabase, tenantIds: readonly string[]): Promise<Ledger> {
  const { rows } = await database.owner.query<{ ledger: Ledger }>(
    `select jsonb_build_object(
       'live', coalesce((select jsonb_agg(jsonb_build_object(
           'id', id, 'tenant_id', tenant_id, 'status', status, 'attempt', attempt, 'takeovers', takeovers,
           'fence', fence, 'claimed_by', claimed_by, 'priority', priority, 'run_at', extract(epoch from run_at)))
         from pgscript_engine.live_executions where tenant_id = any ($1)), '[]'),
       'finished', coalesce((select jsonb_agg(jsonb_build_object(
           'id', id, 'status', status, 'attempt', attempt, 'takeovers', takeovers, 'node_id', node_id,
           'error_code', error ->> 'code'))
         from pgscript_engine.execution_history where tenant_id = any ($1)), '[]'),
       'leases', coalesce((select jsonb_agg(jsonb_build_object(
           'script_id', script_id, 'node_id', node_id, 'slots', slots, 'fence', fence::text))
         from pgscript_engine.slot_leases where tenant_id = any ($1)), '[]'),
       'started', coalesce((select jsonb_object_agg(tenant_id, executions)
         from (select tenant_id, sum(executions) as executions from pgscript_engine.tenant_usage
               where tenant_id = any ($1) group by tenant_id) as usage), '{}'),
       'attempts', coalesce((select jsonb_object_agg(execution_id, attempts)
         from (select execution_id, count(*) as attempts from pgscript_engine.execution_attempts
               where tenant_id = any ($1) group by execution_id) as failed), '{}')
     ) as ledger`,
    [tenantIds],
  )
  const [row] = rows
  if (!row) throw new Error('no answer')
  return row.ledger
}

/** Counters of what runs that are not what is counted row by row in the same snapshot. */
export async function wrongCounters(database: TestDatabase): Promise<unknown[]> {
  const { rows } = await database.owner.query(
    `with occupied as (
       select tenant_id, script_id, 1 as slots from pgscript_engine.live_executions where status = 'running'
       union all
       select tenant_id, script_id, slots from pgscript_engine.slot_leases
     )
     select 'tenant' as of, slots.tenant_id as id, slots.running, coalesce(sum(occupied.slots), 0)::int as counted
     from pgscript_engine.tenant_slots as slots left join occupied using (tenant_id)
     group by slots.tenant_id, slots.running having slots.running <> coalesce(sum(occupied.slots), 0)
     union all
     select 'script', slots.script_id, slots.running, coalesce(sum(occupied.slots), 0)::int
     from pgscript_engine.script_slots as slots left join occupied using (tenant_id, script_id)
     group by slots.tenant_id, slots.script_id, slots.running
     having slots.running <> coalesce(sum(occupied.slots), 0)`,
  )
  return rows
}

/** Tenants and scripts of which more runs, or is reserved, than may. */
export async function exceededLimits(
  database: TestDatabase,
  tenantIds: readonly string[],
): Promise<unknown[]> {
  const { rows } = await database.owner.query(
    `select 'tenant' as of, tenant_id, running, max_running
     from pgscript_engine.tenant_slots join pgscript_engine.tenant_limits using (tenant_id)
     where running > max_running and tenant_id = any ($1)
     union all
     select 'script', tenant_id, running, max_running
     from pgscript_engine.script_slots join pgscript_engine.script_limits using (tenant_id, script_id)
     where running > max_running and tenant_id = any ($1)`,
    [tenantIds],
  )
  return rows
}
