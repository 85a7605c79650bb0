import { randomBytes } from 'node:crypto'

import { type GivenTenant, givenTenant, onlyRow } from './given-tenant.ts'
import type { TestDatabase } from './use-database.ts'

export interface GivenScript {
  tenant: GivenTenant
  id: string
  name: string
}

/** A script whose one version no node has judged yet. */
export async function givenDraft(database: TestDatabase, tenant: GivenTenant): Promise<GivenScript> {
  const name = `script ${randomBytes(6).toString('hex')}`
  const { rows } = await database.owner.query<{ id: string }>(
    'select id from pgscript.save_script($1, $2, $3)',
    [tenant.key, name, 'export default () => 1'],
  )
  return { tenant, id: onlyRow(rows).id, name }
}

/** An active script: its version 1 was accepted and runs. */
export async function givenScript(database: TestDatabase, tenant: GivenTenant): Promise<GivenScript> {
  const script = await givenDraft(database, tenant)
  await judge(database, script, 1, 'accepted')
  await database.owner.query('select pgscript.activate_script($1, $2)', [tenant.key, script.name])
  return script
}

/** The same of a tenant of its own. */
export async function givenScriptOfItsOwn(database: TestDatabase): Promise<GivenScript> {
  return await givenScript(database, await givenTenant(database))
}

/** Writes a node's verdict on a version; false when there was one already. */
export async function judge(
  database: TestDatabase,
  script: GivenScript,
  version: number,
  state: 'accepted' | 'rejected',
): Promise<boolean> {
  const { rows } = await database.node.pool.query<{ recorded: boolean }>(
    'select pgscript_engine.record_check($1, $2, $3, $4, $5) as recorded',
    [script.tenant.id, script.id, version, state, state === 'accepted' ? '[]' : '[{"code":"syntax"}]'],
  )
  return onlyRow(rows).recorded
}
