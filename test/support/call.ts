import { randomBytes } from 'node:crypto'

import { query } from '../../src/database/database.ts'
import { asIdentity, type Identity } from '../../src/database/tenant-transaction.ts'
import type { TestDatabase } from './use-database.ts'

/** Calls a function as the installing role, from plain SQL; refusals are typed as everywhere. */
export async function asOwner<Row extends object>(
  database: TestDatabase,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  return await query<Row>({ pool: database.owner }, text, values)
}

/** Calls a function inside somebody's transaction. */
export async function as<Row extends object>(
  database: TestDatabase,
  identity: Identity,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  return await asIdentity(
    database.node,
    identity,
    async (client) => (await client.query<Row>(text, values)).rows,
  )
}

export interface AuditEntry {
  action: string
  subject_type: string
  subject_id: string
  actor_kind: string
  actor_user_id: string | null
  actor_key_id: string | null
  actor_role: string | null
  remote_address: string | null
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
}

/** What the audit log has on a subject, oldest first. */
export async function auditOf(database: TestDatabase, subjectId: string): Promise<AuditEntry[]> {
  return await asOwner<AuditEntry>(
    database,
    `select action, subject_type, subject_id, actor_kind, actor_user_id, actor_key_id, actor_role, remote_address,
       before, after
     from pgscript.audit_log where subject_id = $1 order by id`,
    [subjectId],
  )
}

/** The newest entry. */
export async function lastAudit(database: TestDatabase, subjectId: string): Promise<AuditEntry | undefined> {
  return (await auditOf(database, subjectId)).at(-1)
}

/** A host platform's role that may act for these tenants from plain SQL; calls go through `asHost`. */
export async function givenHostRole(database: TestDatabase, tenantKeys: string[] | null): Promise<string> {
  const name = `host_${randomBytes(8).toString('hex')}`
  await database.owner.query(`create role ${name}`)
  if (tenantKeys) await asOwner(database, 'select pgscript.grant_integrator($1, $2)', [name, tenantKeys])
  return name
}
