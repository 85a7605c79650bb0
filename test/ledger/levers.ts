import { asOwner } from '../support/call.ts'
import type { TestDatabase } from '../support/use-database.ts'
import type { ModelTenant } from './model.ts'

/** Days pass: for a node that is not heard of any more, or for everything. */
export async function shiftTime(database: TestDatabase, { nodeId }: { nodeId?: string }): Promise<void> {
  const { owner } = database
  await owner.query(
    `update pgscript_engine.live_executions
     set run_at = case when $1::text is null then run_at - interval '2 days' else run_at end,
       lease_expires_at = lease_expires_at - interval '2 days'
     where $1::text is null or claimed_by = $1`,
    [nodeId ?? null],
  )
  await owner.query(
    `update pgscript_engine.slot_leases set expires_at = expires_at - interval '2 days'
     where $1::text is null or node_id = $1`,
    [nodeId ?? null],
  )
  await owner.query(
    `update pgscript_engine.nodes set alive_until = alive_until - interval '2 days'
     where $1::text is null or id = $1`,
    [nodeId ?? null],
  )
}

/** Sets the tenant's own limit, and the one that each of its scripts has. */
export async function setLimits(
  database: TestDatabase,
  tenant: ModelTenant,
  { perTenant, perScript }: { perTenant: number; perScript: number },
): Promise<void> {
  await asOwner(database, 'select pgscript.upsert_tenant($1, limits => $2)', [
    tenant.key,
    { concurrent_runs_per_tenant: perTenant, concurrent_runs_per_script: perScript },
  ])
  tenant.maxRunning = perTenant
  for (const script of tenant.scripts) script.maxRunning = perScript
}

export async function setStatus(
  database: TestDatabase,
  tenant: ModelTenant,
  isSuspended: boolean,
): Promise<void> {
  await asOwner(database, 'select pgscript.upsert_tenant($1, status => $2)', [
    tenant.key,
    isSuspended ? 'suspended' : 'active',
  ])
  tenant.isSuspended = isSuspended
}

/** Nothing waits, nothing runs: for what an earlier run has left. */
export async function emptyLedger(database: TestDatabase): Promise<void> {
  await database.owner.query(`
    delete from pgscript_engine.live_executions;
    delete from pgscript_engine.slot_leases;
    update pgscript_engine.tenant_slots set running = 0;
    update pgscript_engine.script_slots set running = 0`)
}
