import type { ClientBase } from 'pg'
import { getConstructionPlans, getMigrationPlans } from 'pg-boss'

import { DatabaseUnusableError } from '../errors.ts'

export const bossSchema = 'pgscript_boss'

/**
 * Brings pg-boss's schema to the installed package's version, inside the caller's transaction and as
 * the role that shall own it; the node's login, which runs pg-boss, owns nothing.
 */
export async function installPgBoss(client: ClientBase): Promise<void> {
  const { rows } = await client.query(`select to_regclass('${bossSchema}.version') is not null as installed`)
  if (!rows[0]?.installed) {
    await client.query(withinTransaction(getConstructionPlans(bossSchema, { createSchema: false })))
    return
  }
  const current = await client.query(`select version from ${bossSchema}.version`)
  const wanted = await packagedVersion()
  const version = Number(current.rows[0]?.version)
  if (version < wanted) await client.query(withinTransaction(getMigrationPlans(bossSchema, version)))
}

async function packagedVersion(): Promise<number> {
  const plan = getConstructionPlans(bossSchema, { createSchema: false })
  const found = /INSERT INTO pgscript_boss\.version\(version\) VALUES \('(\d+)'\)/.exec(plan)
  if (!found) throw planChanged()
  return Number(found[1])
}

/** pg-boss prints its plans as scripts with a transaction of their own; ours is open already. */
function withinTransaction(plan: string): string {
  const inner = plan.replace(/^\s*BEGIN;/, '').replace(/COMMIT;\s*$/, '')
  if (/\b(BEGIN|COMMIT);/.test(inner) || inner.length === plan.length) throw planChanged()
  return inner
}

function planChanged(): DatabaseUnusableError {
  return new DatabaseUnusableError(
    'boss_plan_unknown',
    'The installed pg-boss prints its schema in a form this version of pgscript does not know; use the pg-boss version in package.json.',
  )
}
