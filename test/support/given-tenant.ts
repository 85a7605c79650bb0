import { randomBytes } from 'node:crypto'

import type { Identity } from '../../src/database/tenant-transaction.ts'
import type { TestDatabase } from './use-database.ts'

export interface GivenTenant {
  id: string
  key: string
}

export interface GivenUser {
  id: string
  email: string
}

export const everyPermission = [
  'scripts.read',
  'scripts.create',
  'scripts.update',
  'scripts.delete',
  'scripts.execute',
  'executions.read',
  'dead_letters.manage',
  'secrets.manage',
  'members.manage',
  'settings.manage',
  'audit.read',
] as const

/** A tenant of its own for a test. */
export async function givenTenant(
  database: TestDatabase,
  options: { status?: string; limits?: Record<string, number> } = {},
): Promise<GivenTenant> {
  const key = `tenant-${randomBytes(6).toString('hex')}`
  const { rows } = await database.owner.query<GivenTenant>(
    'select id, key from pgscript.upsert_tenant($1, status => $2, limits => $3)',
    [key, options.status, options.limits],
  )
  return onlyRow(rows)
}

/** A user, and where a tenant is given its member. */
export async function givenUser(
  database: TestDatabase,
  member?: { tenant: GivenTenant; role: string },
): Promise<GivenUser> {
  const email = `${randomBytes(6).toString('hex')}@example.com`
  const { rows } = await database.owner.query<GivenUser>('select id, email from pgscript.upsert_user($1)', [
    email,
  ])
  if (member)
    await database.owner.query('select pgscript.set_membership($1, $2, $3)', [
      member.tenant.key,
      email,
      member.role,
    ])
  return onlyRow(rows)
}

/** For a transaction inside the tenant; with every permission unless told otherwise. */
export function identityIn(tenant: GivenTenant, permissions: readonly string[] = everyPermission): Identity {
  return { tenantId: tenant.id, permissions }
}

/** The one row of a result. */
export function onlyRow<Row>(rows: readonly Row[]): Row {
  const [row] = rows
  if (row === undefined || rows.length > 1) throw new Error(`expected one row, got ${rows.length}`)
  return row
}
