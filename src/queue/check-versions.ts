import { type Database, query } from '../database/database.ts'
import type { Logger } from '../log.ts'
import type { ScriptToCheck } from '../scripts/check.ts'
import type { ScriptType } from '../scripts/check-exports.ts'
import type { ScriptLanguage } from '../scripts/language.ts'
import type { JsonSchema } from '../scripts/schema-hazards.ts'
import type { ScriptService } from '../scripts/script-service.ts'
import { judgeVersion, recordVerdict } from './judge-version.ts'

interface UncheckedVersion {
  tenant_id: string
  script_id: string
  version: number
  name: string
  type: ScriptType
  language: ScriptLanguage
  source: string
  source_limit: string
  input_schema: JsonSchema | null
  output_schema: JsonSchema | null
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
  row: UncheckedVersion,
): Promise<void> {
  const { tenant_id: tenantId, script_id: scriptId, version, name, type, language, source } = row
  const script: ScriptToCheck = {
    name,
    type,
    language,
    source,
    config: { maxSourceBytes: Number(row.source_limit) },
    inputSchema: row.input_schema,
    outputSchema: row.output_schema,
  }
  const verdict = await judgeVersion(database, scripts, { tenantId, scriptId, version, script })
  await recordVerdict(database, { tenantId, scriptId, version }, verdict)
}
