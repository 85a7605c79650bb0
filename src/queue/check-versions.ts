import { type Database, query } from '../database/database.ts'
import type { Logger } from '../log.ts'
import type { ScriptType } from '../scripts/check-exports.ts'
import type { ScriptLanguage } from '../scripts/language.ts'
import type { ScriptService } from '../scripts/script-service.ts'

interface UncheckedVersion {
  tenant_id: string
  script_id: string
  version: number
  name: string
  type: ScriptType
  language: ScriptLanguage
  source: string
  source_limit: string
}

const batchSize = 50

/**
 * Judges every version that no node has judged yet: those saved by plain SQL, and those whose saver
 * died before it could. Two nodes may judge one version; the first verdict stands.
 *
 * @returns how many versions it judged.
 */
export async function checkVersions(
  database: Database,
  scripts: ScriptService,
  logger: Logger,
): Promise<number> {
  for (let judged = 0; ; ) {
    const versions = await query<UncheckedVersion>(
      database,
      'select * from pgscript_engine.unchecked_versions(capability => $1, batch_size => $2)',
      [database.capability, batchSize],
    )
    for (const version of versions) {
      await checkVersion(database, scripts, version)
      judged += 1
    }
    if (versions.length > 0) logger.info({ versions: versions.length }, 'versions checked')
    if (versions.length < batchSize) return judged
  }
}

/** Whether any version waits to be judged. */
export async function anyUnchecked(database: Database): Promise<boolean> {
  const versions = await query(
    database,
    'select from pgscript_engine.unchecked_versions(capability => $1, batch_size => 1)',
    [database.capability],
  )
  return versions.length > 0
}

async function checkVersion(
  database: Database,
  scripts: ScriptService,
  version: UncheckedVersion,
): Promise<void> {
  const { name, type, language, source } = version
  const config = { maxSourceBytes: Number(version.source_limit) }
  const { state, findings } = await scripts.check({ name, type, language, source, config }, version.tenant_id)
  await query(
    database,
    `select pgscript_engine.record_check(
       tenant_id => $1, script_id => $2, version => $3, state => $4, findings => $5)`,
    [version.tenant_id, version.script_id, version.version, state, JSON.stringify(findings)],
  )
}
