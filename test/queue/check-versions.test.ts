import { describe, expect, test } from 'vitest'

import { silentLogger } from '../../src/log.ts'
import { checkVersions } from '../../src/queue/check-versions.ts'
import type { ScriptService } from '../../src/scripts/script-service.ts'
import { createScriptService, ScriptServiceUnavailableError } from '../../src/scripts/script-service.ts'
import { asOwner } from '../support/call.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'

const database = useDatabase()
const good = 'export default () => 1'

const save = async (tenant: GivenTenant, name: string, source: string) =>
  await asOwner(database, 'select from pgscript.save_script($1, $2, $3)', [tenant.key, name, source])

const statesOf = async (...tenants: GivenTenant[]) => {
  const rows = await asOwner<{ name: string; state: string; codes: string[] }>(
    database,
    `select script.name, verdict.state, array(select jsonb_path_query(verdict.findings, '$[*].code') #>> '{}') as codes
     from pgscript.scripts as script join pgscript.version_checks as verdict on verdict.script_id = script.id
     where script.tenant_id = any ($1)`,
    [tenants.map(({ id }) => id)],
  )
  return Object.fromEntries(rows.map(({ name, state, codes }) => [name, [state, ...codes].join(' ')]))
}

/** The real service, but for scripts of these names. */
async function judging<T>(
  faults: Record<string, () => Awaited<ReturnType<ScriptService['check']>>>,
  work: (service: ScriptService) => Promise<T>,
): Promise<T> {
  const real = createScriptService()
  try {
    return await work({
      ...real,
      check: async (script, lane) => faults[script.name]?.() ?? (await real.check(script, lane)),
    })
  } finally {
    await real.close()
  }
}

describe('what a version may hold that PostgreSQL cannot', () => {
  test('rejects it, with a place, and holds up no other tenant', async () => {
    const [hostile, other] = [await givenTenant(database), await givenTenant(database)]
    await save(
      hostile,
      'nul-in-library',
      "import { a } from 'pgscript:lib/a\\u0000b'\nexport default () => a",
    )
    await save(hostile, 'nul-in-export', 'const a = 1\nexport { a as "x\\u0000" }\nexport default () => a')
    await save(
      hostile,
      'nul-in-message',
      'const a = 1\nexport { a as "\\0", a as "\\0" }\nexport default () => a',
    )
    await save(
      hostile,
      'half-in-library',
      "import { a } from 'pgscript:lib/a\\ud800b'\nexport default () => a",
    )
    await save(other, 'innocent', good)
    await judging({}, (service) => checkVersions(database.node, service, silentLogger))
    expect(await statesOf(hostile, other)).toEqual({
      'nul-in-library': 'rejected library_not_found',
      'nul-in-export': 'rejected reserved_export',
      'nul-in-message': 'rejected syntax_error',
      'half-in-library': 'rejected library_not_found',
      innocent: 'accepted',
    })
  })
})

describe('a version that cannot be judged', () => {
  test('is rejected where that would be so again, and holds up no other one', async () => {
    const [tenant, other] = [await givenTenant(database), await givenTenant(database)]
    for (const name of ['a-bug', 'unstorable']) await save(tenant, name, good)
    await save(other, 'innocent', good)
    const unstorable = () => ({
      state: 'rejected' as const,
      findings: [{ severity: 'error' as const, code: 'x', message: '\u0000' }],
    })
    const bug = () => {
      throw new TypeError('a bug')
    }
    await judging({ 'a-bug': bug, unstorable }, (service) =>
      checkVersions(database.node, service, silentLogger),
    )
    expect(await statesOf(tenant, other)).toEqual({
      'a-bug': 'rejected check_failed',
      unstorable: 'rejected check_failed',
      innocent: 'accepted',
    })
  })

  test('is left for later where something else is to blame, and says so', async () => {
    const [tenant, other] = [await givenTenant(database), await givenTenant(database)]
    await save(tenant, 'put-off', good)
    await save(other, 'innocent', good)
    const busy = () => {
      throw new ScriptServiceUnavailableError('busy')
    }
    await expect(
      judging({ 'put-off': busy }, (service) => checkVersions(database.node, service, silentLogger)),
    ).rejects.toThrow('busy')
    expect(await statesOf(tenant, other)).toEqual({ 'put-off': 'unchecked', innocent: 'accepted' })
    await judging({}, (service) => checkVersions(database.node, service, silentLogger))
    expect(await statesOf(tenant)).toEqual({ 'put-off': 'accepted' })
  })
})
