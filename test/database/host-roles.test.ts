import { describe, expect, test } from 'vitest'

import { transaction } from '../../src/database/database.ts'
import { givenHostRole } from '../support/call.ts'
import { givenExecutions } from '../support/given-executions.ts'
import { type GivenScript, givenScriptOfItsOwn } from '../support/given-script.ts'
import { useDatabase } from '../support/use-database.ts'

/** What a role of the host platform reads from plain SQL. */
describe('a host role', () => {
  const database = useDatabase()

  const tenantsIn = async (role: string, relation: string, column = 'tenant_id', context = '') =>
    await transaction({ pool: database.owner }, async (client) => {
      await client.query(`set local role ${client.escapeIdentifier(role)}`)
      if (context) await client.query("select set_config('pgscript.context', $1, true)", [context])
      const { rows } = await client.query(`select distinct ${column} as id from ${relation}`)
      return rows.map((row) => row.id)
    })
  const givenRun = async (): Promise<GivenScript> => {
    const script = await givenScriptOfItsOwn(database)
    await givenExecutions(database, script)
    return script
  }

  test('reads the executions of the tenants it was granted, and no others', async () => {
    const [granted, other] = [await givenRun(), await givenRun()]
    const role = await givenHostRole(database, [granted.tenant.key])

    expect(await tenantsIn(role, 'pgscript.executions')).toEqual([granted.tenant.id])
    expect(await tenantsIn(role, 'pgscript.tenants', 'id')).toEqual([granted.tenant.id])
    expect(await tenantsIn(role, 'pgscript.execution_logs')).not.toContain(other.tenant.id)
  })

  test('reads no source and no audit log, for it does not administer', async () => {
    const { tenant } = await givenRun()
    const role = await givenHostRole(database, [tenant.key])

    for (const relation of ['scripts', 'script_versions', 'version_checks', 'audit_log']) {
      expect(await tenantsIn(role, `pgscript.${relation}`)).toEqual([])
    }
  })

  test('reads all of it as the role that installed', async () => {
    const { tenant } = await givenRun()
    const { rows } = await database.owner.query('select session_user as name')

    for (const relation of ['executions', 'scripts', 'script_versions', 'version_checks']) {
      expect(await tenantsIn(rows[0].name, `pgscript.${relation}`)).toContain(tenant.id)
    }
  })

  test('reads nothing under a context that it made up', async () => {
    const { tenant } = await givenRun()
    const role = await givenHostRole(database, [tenant.key])

    expect(await tenantsIn(role, 'pgscript.executions', 'tenant_id', `${'0'.repeat(64)}.|||`)).toEqual([])
  })
})
