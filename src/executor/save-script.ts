import type { Database } from '../database/database.ts'
import { asIdentity, type Identity } from '../database/tenant-transaction.ts'
import { judgeVersion, recordVerdict } from '../queue/judge-version.ts'
import type { ScriptType } from '../scripts/check-exports.ts'
import type { Finding } from '../scripts/finding.ts'
import type { ScriptLanguage } from '../scripts/language.ts'
import type { JsonSchema } from '../scripts/schema-hazards.ts'
import type { ScriptService } from '../scripts/script-service.ts'

export interface ScriptToSave {
  tenantKey: string
  name: string
  source: string
  /** What is absent of these stays as it was saved; of a new script it is one_off, JavaScript, nothing. */
  type?: ScriptType
  language?: ScriptLanguage
  description?: string
  changeDescription?: string
  baseVersion?: number
  config?: Record<string, unknown>
  inputSchema?: JsonSchema | null
  outputSchema?: JsonSchema | null
}

export interface SavedScript {
  tenantId: string
  id: string
  version: number
  status: string
  state: 'accepted' | 'rejected'
  findings: readonly Finding[]
}

/**
 * Saves a script and has its version judged at once; the nodes judge what is saved by other ways.
 *
 * @throws {RefusedByDatabaseError} `version_conflict`, `permission_denied`, `invalid_name`, …
 */
export async function saveScript(
  database: Database,
  scripts: ScriptService,
  identity: Identity,
  script: ScriptToSave,
): Promise<SavedScript> {
  const saved = await save(database, identity, script)
  const { tenant_id: tenantId, id: scriptId, latest_version: version, status } = saved
  const { name, source, type, language, input_schema: inputSchema, output_schema: outputSchema } = saved
  const verdict = await judgeVersion(database, scripts, {
    tenantId,
    scriptId,
    version,
    // The database has judged the size.
    script: {
      name,
      source,
      type,
      language,
      inputSchema,
      outputSchema,
      config: { maxSourceBytes: 1_048_576 },
    },
  })
  await recordVerdict(database, { tenantId, scriptId, version }, verdict)
  const { state, findings } = verdict
  return { tenantId, id: scriptId, version, status, state, findings }
}

interface ScriptRow {
  tenant_id: string
  id: string
  latest_version: number
  status: string
  name: string
  source: string
  type: ScriptType
  language: ScriptLanguage
  input_schema: JsonSchema | null
  output_schema: JsonSchema | null
}

async function save(database: Database, identity: Identity, script: ScriptToSave): Promise<ScriptRow> {
  const { tenantKey, name, source, type = null, language = null } = script
  return await asIdentity(database, identity, async (client) => {
    const { rows } = await client.query<ScriptRow>(
      `select tenant_id, id, latest_version, status, name, source, type, language, input_schema, output_schema
       from pgscript.save_script(
         tenant_key => $1, name => $2, source => $3, type => $4, language => $5, description => $6,
         change_description => $7, base_version => $8, config => $9, input_schema => $10, output_schema => $11)`,
      [
        tenantKey,
        name,
        source,
        type,
        language,
        script.description ?? null,
        script.changeDescription ?? null,
        script.baseVersion ?? null,
        jsonOrNull(script.config),
        jsonOrNull(script.inputSchema),
        jsonOrNull(script.outputSchema),
      ],
    )
    const [row] = rows
    if (!row) throw new Error('save_script returned no row')
    return row
  })
}

/** What is absent stays as it is; null becomes JSON's, which takes a schema away. */
function jsonOrNull(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value)
}
