import type { ClientBase } from 'pg'

import { DatabaseUnusableError } from '../errors.ts'
import { packageVersion } from './package-version.ts'
import type { SqlFile } from './sql-files.ts'

const oldestServer = 15

/** @throws {DatabaseUnusableError} `server_too_old` below PostgreSQL 15. */
export async function refuseUnsupportedServer(client: ClientBase): Promise<void> {
  const { rows } = await client.query("select current_setting('server_version_num')::int as number")
  const major = Math.floor(Number(rows[0]?.number) / 10_000)
  if (major >= oldestServer) return
  throw new DatabaseUnusableError(
    'server_too_old',
    `The server is PostgreSQL ${major}; pgscript needs ${oldestServer} or later.`,
  )
}

/** What a database was brought to; all empty before its first migration. */
export interface Applied {
  /** Hash of each migration, by path. */
  migrations: ReadonlyMap<string, string>
  /** Hash of each object of sql/, by path. */
  objects: ReadonlyMap<string, string>
  version: string | undefined
  /** No role is left that administers it: the one that installed it was dropped, or a dump was restored. */
  isWithoutInstaller: boolean
}

export async function readApplied(client: ClientBase): Promise<Applied> {
  const { rows: found } = await client.query(
    "select to_regprocedure('pgscript_engine.applied_files()') is not null as installed",
  )
  if (!found[0]?.installed)
    return { migrations: new Map(), objects: new Map(), version: undefined, isWithoutInstaller: false }
  const { rows } = await client.query<{ kind: string; name: string; hash: string }>(
    'select kind, name, hash from pgscript_engine.applied_files()',
  )
  const hashes = (kind: string) =>
    new Map(rows.filter((row) => row.kind === kind).map((row) => [row.name, row.hash]))
  return {
    migrations: hashes('migration'),
    objects: hashes('object'),
    version: rows.find((row) => row.kind === 'version')?.name,
    isWithoutInstaller: rows.some((row) => row.kind === 'lost_installer'),
  }
}

/**
 * Refuses a database that a newer binary migrated (this one would break what it does not know), and
 * one whose migrations differ from this binary's files.
 *
 * @throws {DatabaseUnusableError} `database_newer` or `migration_changed`.
 */
export function refuseNewerDatabase(applied: Applied, migrations: readonly SqlFile[]): void {
  const ours = new Map(migrations.map((file) => [file.path, file.hash]))
  const unknown = [...applied.migrations.keys()].filter((name) => !ours.has(name))
  const { version } = applied
  if (unknown.length > 0 || (version && isNewer(version, packageVersion))) {
    throw new DatabaseUnusableError(
      'database_newer',
      `The database is at version ${version ?? 'unknown'}, and this is pgscript ${packageVersion}` +
        `${unknown.length > 0 ? ` (it has ${unknown.join(', ')}, unknown here)` : ''}. Start the newer version instead.`,
    )
  }
  for (const [name, hash] of applied.migrations) {
    if (ours.get(name) === hash) continue
    throw new DatabaseUnusableError(
      'migration_changed',
      `${name} differs from what this database was migrated with. Migrations never change: restore the file (and the role prefix) and add a new one.`,
    )
  }
}

function isNewer(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split(/[.-]/).map(Number))
  for (let place = 0; place < 3; place += 1) {
    const difference = (left?.[place] ?? 0) - (right?.[place] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return false
}
