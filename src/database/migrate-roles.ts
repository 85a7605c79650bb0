import { type ClientBase, DatabaseError } from 'pg'

import { DatabaseUnusableError } from '../errors.ts'
import type { RoleNames } from './role-names.ts'
import { roleNames } from './role-names.ts'
import type { SqlFile } from './sql-files.ts'

/**
 * Creates the roles that are missing.
 *
 * @throws {DatabaseUnusableError} `cannot_create_roles` where the installer may not.
 */
export async function createRoles(client: ClientBase, roles: SqlFile, rolePrefix: string): Promise<void> {
  try {
    await client.query(roles.text)
  } catch (error) {
    throw understandMissingRight(error, Object.values(roleNames(rolePrefix)))
  }
}

function understandMissingRight(error: unknown, roles: readonly string[]): unknown {
  if (!(error instanceof DatabaseError) || error.code !== '42501') return error
  return new DatabaseUnusableError(
    'cannot_create_roles',
    `The installing role may not create or grant the roles ${roles.join(', ')} (${error.message}). ` +
      'Have a DBA run what `pgscript migrate --print-roles` prints, or choose another PGSCRIPT_ROLE_PREFIX if they belong to another installation.',
    { cause: error },
  )
}

/** Which of the two owning roles were granted for this transaction. */
export type Borrowed = readonly string[]

/**
 * Makes the installer a member of the roles that own tables and functions, as far as it is not one
 * (a superuser is one of all, and a DBA may have granted them for good).
 *
 * @throws {DatabaseUnusableError} `cannot_create_roles` where it may not.
 */
export async function borrowOwnership(client: ClientBase, names: RoleNames): Promise<Borrowed> {
  const borrowed: string[] = []
  for (const role of [names.owner, names.engine]) {
    const { rows } = await client.query(
      `select pg_has_role(session_user, $1, 'usage') and pg_has_role(session_user, $1, 'member') as held,
              current_setting('server_version_num')::int >= 160000 as grants_have_options`,
      [role],
    )
    if (rows[0]?.held) continue
    const options = rows[0]?.grants_have_options ? ' with inherit true, set true' : ''
    await grantToInstaller(client, role, options)
    borrowed.push(role)
  }
  // The one membership the installer keeps: the SQL interface.
  const kept = await client.query("select pg_has_role(session_user, $1, 'usage') as held", [names.integrator])
  if (!kept.rows[0]?.held) await grantToInstaller(client, names.integrator)
  return borrowed
}

async function grantToInstaller(client: ClientBase, role: string, options = '') {
  try {
    await client.query(`grant ${client.escapeIdentifier(role)} to session_user${options}`)
  } catch (error) {
    throw understandMissingRight(error, [role])
  }
}

/** Gives back what `borrowOwnership` took, before anybody else could see it. */
export async function returnOwnership(client: ClientBase, borrowed: Borrowed): Promise<void> {
  for (const role of borrowed) await client.query(`revoke ${client.escapeIdentifier(role)} from session_user`)
}
