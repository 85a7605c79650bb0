import { escapeIdentifier, escapeLiteral } from 'pg'

import { readSqlFile } from './sql-files.ts'

export interface PrintRolesOptions {
  rolePrefix: string
  /** The role that will run the migration; without it, a name to be replaced. */
  installer?: string
  /** Likewise the database. */
  database?: string
}

/**
 * The SQL that a DBA runs, once a cluster and again without harm, so that a role without CREATEROLE
 * can migrate: the roles, and what the installing role needs of them. Holds no password.
 */
export async function printRoles(options: PrintRolesOptions): Promise<string> {
  const { rolePrefix, installer = 'the_installer', database = 'the_database' } = options
  const [roles, rights] = await Promise.all([
    readSqlFile('roles.sql', rolePrefix),
    readSqlFile('installer.sql', rolePrefix),
  ])
  const granted = rights.text
    .replaceAll('"the_installer"', () => escapeIdentifier(installer))
    .replaceAll("'the_installer'", () => escapeLiteral(installer))
    .replaceAll('"the_database"', () => escapeIdentifier(database))
  return `${roles.text.trimEnd()}\n\n${granted}`
}
