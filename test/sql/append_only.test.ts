import { beforeAll, describe, expect, test } from 'vitest'

import { claimExecutions } from '../../src/executor/claim-executions.ts'
import { completeExecutions } from '../../src/executor/report-executions.ts'
import { as, asOwner } from '../support/call.ts'
import { givenExecutions } from '../support/given-executions.ts'
import { type GivenScript, givenDraft, givenScriptOfItsOwn } from '../support/given-script.ts'
import { givenUser, identityIn } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import { reportOn } from '../support/use-ledger.ts'

/** Tables whose rows nobody changes or deletes: the statements are the installing superuser's own. */
describe('append-only tables', () => {
  const database = useDatabase()

  beforeAll(async () => {
    const script = await givenScriptOfItsOwn(database)
    await givenExecutions(database, script)
    await givenImportAndApproval(script)
    const claimed = await claimExecutions(database.node, { capacity: 1, leaseSeconds: 60 })
    await completeExecutions(
      database.node,
      claimed.map((execution) => reportOn(execution)),
    )
  })

  async function givenImportAndApproval(library: GivenScript) {
    const { tenant } = library
    const dependent = await givenDraft(database, tenant)
    const pin = { specifier: `pgscript:lib/${library.name}`, library_id: library.id, library_version: 1 }
    await database.node.pool.query(
      `select pgscript_engine.record_check($1, $2, 1, 'accepted', '[]', array['default'], $3)`,
      [tenant.id, dependent.id, JSON.stringify([pin])],
    )
    const { id: userId } = await givenUser(database, { tenant, role: 'developer' })
    await as(database, { ...identityIn(tenant), userId }, 'select pgscript.approve_version(null, $1, 1)', [
      dependent.name,
    ])
  }

  const refused = { code: 'append_only', status: 409 }
  test.each([
    'update pgscript.script_versions set source = source',
    'delete from pgscript.script_versions',
    'truncate pgscript.script_versions cascade',
    'update pgscript.audit_log set action = action',
    'delete from pgscript.audit_log',
    'truncate pgscript.audit_log',
    'update pgscript_engine.execution_history set output = output',
    'delete from pgscript_engine.execution_history',
    'truncate pgscript_engine.execution_history',
    'delete from pgscript.version_checks',
    'update pgscript.version_imports set library_version = library_version',
    'delete from pgscript.version_imports',
    'truncate pgscript.version_imports',
    'update pgscript.version_approvals set approved_at = now()',
    'delete from pgscript.version_approvals',
    'truncate pgscript.version_approvals',
    "update pgscript.version_checks set state = 'rejected'",
    "update pgscript.version_checks set findings = '[1]'",
    "update pgscript.version_checks set state = 'unchecked', checked_at = null",
  ])('refuse: %s', async (statement) => {
    const table = /pgscript\w*\.\w+/.exec(statement)?.[0]
    const rows = await asOwner(database, `select from ${table}`)
    expect(rows.length).toBeGreaterThan(0)
    await expect(asOwner(database, statement)).rejects.toMatchObject(refused)
    expect(await asOwner(database, `select from ${table}`)).toHaveLength(rows.length)
  })
})
