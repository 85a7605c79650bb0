import { describe, expect, test } from 'vitest'

import { transaction } from '../../../src/database/database.ts'
import { asOwner, givenHostRole } from '../../support/call.ts'
import { givenTenant } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'

describe('revoke_integrator', () => {
  const database = useDatabase()

  const publish = async (role: string, key: string) =>
    await transaction({ pool: database.owner }, async (client) => {
      await client.query(`set local role ${role}`)
      await client.query("insert into pgscript.events (tenant_key, type) values ($1, 'a.b')", [key])
    })

  test('takes all that grant_integrator gave, which can be given again', async () => {
    const tenant = await givenTenant(database)
    const role = await givenHostRole(database, [tenant.key])
    await publish(role, tenant.key)
    await asOwner(database, 'select pgscript.revoke_integrator($1)', [role])
    await expect(publish(role, tenant.key)).rejects.toMatchObject({ code: '42501' })
    // Nothing of it is left for somebody who is given the group role in another way.
    await database.owner.query(`grant ${database.node.roles.integrator} to ${role}`)
    await expect(publish(role, tenant.key)).rejects.toMatchObject({ code: '42501' })
    await asOwner(database, 'select pgscript.grant_integrator($1, $2)', [role, [tenant.key]])
    await publish(role, tenant.key)
  })

  test('neither it nor grant_integrator takes from the installing role what it has', async () => {
    const tenant = await givenTenant(database)
    for (const call of [
      'revoke_integrator(session_user::text)',
      'grant_integrator(session_user::text, $1)',
    ]) {
      const values = call.includes('$1') ? [[tenant.key]] : []
      await expect(asOwner(database, `select pgscript.${call}`, values)).rejects.toMatchObject({
        code: 'installing_role',
        field: 'role',
      })
    }
    await asOwner(database, 'select pgscript.upsert_tenant($1, $2)', [tenant.key, 'Still mine'])
  })

  test('is not for a role that was granted something itself', async () => {
    const tenant = await givenTenant(database)
    const role = await givenHostRole(database, [tenant.key])
    const calling = transaction({ pool: database.owner }, async (client) => {
      await client.query(`set local role ${role}`)
      await client.query('select pgscript.revoke_integrator($1)', [role])
    })
    await expect(calling).rejects.toMatchObject({ code: 'permission_denied' })
  })

  test('forgets what a role had that was dropped', async () => {
    const tenant = await givenTenant(database)
    const role = await givenHostRole(database, [tenant.key])
    await database.owner.query(`drop role ${role}`)
    await asOwner(database, 'select pgscript.revoke_integrator($1)', [role])
    const left = await database.owner.query('select from pgscript_private.host_roles where role = $1', [role])
    expect(left.rowCount).toBe(0)
  })
})

describe('grant_integrator', () => {
  const database = useDatabase()

  test('is for roles of the host that there are, not for our own', async () => {
    const tenant = await givenTenant(database)
    const { script, node, engine, integrator } = database.node.roles
    for (const role of [script, node, engine, integrator, 'no such role', 'public', null]) {
      await expect(
        asOwner(database, 'select pgscript.grant_integrator($1, $2)', [role, [tenant.key]]),
      ).rejects.toMatchObject({ code: 'invalid_host_role', field: 'role' })
    }
  })

  test('takes no tenant for granted that has no key', async () => {
    const role = await givenHostRole(database, null)
    await expect(
      asOwner(database, 'select pgscript.grant_integrator($1, $2)', [role, [null]]),
    ).rejects.toMatchObject({ code: 'tenant_not_found', field: 'tenant_keys' })
  })
})
