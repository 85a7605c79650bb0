import { DatabaseError } from 'pg'

import { type Database, query } from '../database/database.ts'
import { isConnectionError } from '../database/database-error.ts'
import { AppError } from '../errors.ts'
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
 * A version that cannot be judged, or whose verdict cannot be stored, holds up no other one: it is rejected where
 * that would be so again, and left for later where something else was to blame.
 *
 * @returns how many versions it judged.
 * @throws what kept versions from being judged that may be judged later.
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
    const put = await checkBatch(database, scripts, logger, versions)
    judged += versions.length - put.length
    if (versions.length > put.length)
      logger.info({ versions: versions.length - put.length }, 'versions checked')
    if (put.length > 0) throw put[0]
    if (versions.length < batchSize) return judged
  }
}

/** @returns why versions were put off. */
async function checkBatch(
  database: Database,
  scripts: ScriptService,
  logger: Logger,
  versions: readonly UncheckedVersion[],
): Promise<unknown[]> {
  const put: unknown[] = []
  for (const version of versions) {
    try {
      await checkVersion(database, scripts, version)
    } catch (error) {
      if (isConnectionError(error)) throw error
      if (isPassing(error)) put.push(error)
      else await rejectVersion(database, logger, version, error)
    }
  }
  return put
}

/** Whether the same version may be judged later: not where PostgreSQL cannot hold a value, nor where we are wrong. */
function isPassing(error: unknown): boolean {
  if (error instanceof DatabaseError) return !/^(22|23|54)/.test(error.code ?? '')
  return error instanceof AppError
}

async function rejectVersion(
  database: Database,
  logger: Logger,
  { tenant_id: tenantId, script_id: scriptId, version }: UncheckedVersion,
  error: unknown,
): Promise<void> {
  logger.error(
    { err: error, tenant_id: tenantId, script_id: scriptId, version },
    'a version could not be checked, and is rejected',
  )
  const message =
    "This version could not be checked, for a reason of ours that is in the node's log. Save it again; if that does not help, report it."
  await recordVerdict(
    database,
    { tenantId, scriptId, version },
    {
      state: 'rejected',
      findings: [{ severity: 'error', code: 'check_failed', message }],
      exports: null,
      pins: [],
    },
  )
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
