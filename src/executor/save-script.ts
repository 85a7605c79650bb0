import { type Database, query } from '../database/database.ts'
import { asIdentity, type Identity } from '../database/tenant-transaction.ts'
import type { Finding } from '../scripts/finding.ts'
import type { ScriptService } from '../scripts/script-service.ts'

export interface ScriptToSave {
  tenantKey: string
  name: string
  source: string
  type?: 'one_off' | 'embedded'
  language?: 'javascript' | 'typescript'
  description?: string
  changeDescription?: string
  baseVersion?: number
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
  const { tenantKey, name, source, type = 'one_off', language = 'javascript' } = script
  const { state, findings } = await scripts.check({ name, source, type, language }, tenantKey)
  const saved = await asIdentity(database, identity, async (client) => {
    const { rows } = await client.query<{
      tenant_id: string
      id: string
      latest_version: number
      status: string
    }>(
      `select tenant_id, id, latest_version, status from pgscript.save_script(
         tenant_key => $1, name => $2, source => $3, type => $4, language => $5, description => $6,
         change_description => $7, base_version => $8)`,
      [
        tenantKey,
        name,
        source,
        type,
        language,
        script.description ?? null,
        script.changeDescription ?? null,
        script.baseVersion ?? null,
      ],
    )
    return rows[0]
  })
  if (!saved) throw new Error('save_script returned no row')
  const { tenant_id: tenantId, id, latest_version: version, status } = saved
  await query(
    database,
    `select pgscript_engine.record_check(
       tenant_id => $1, script_id => $2, version => $3, state => $4, findings => $5)`,
    [tenantId, id, version, state, JSON.stringify(findings)],
  )
  return { tenantId, id, version, status, state, findings }
}
