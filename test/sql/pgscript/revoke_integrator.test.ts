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

  test('knows a role by the name that it has and by the one that it had', async () => {
    const tenant = await givenTenant(database)
    for (const named of ['now', 'then'] as const) {
      const role = await givenHostRole(database, [tenant.key])
      await database.owner.query(`alter role ${role} rename to ${role}_now`)
      await asOwner(database, 'select pgscript.revoke_integrator($1)', [
        named === 'now' ? `${role}_now` : role,
      ])
      await expect(publish(`${role}_now`, tenant.key)).rejects.toMatchObject({ code: '42501' })
      const { rows } = await database.owner.query(
        'select count(*)::int as count from pgscript_private.host_roles where role like $1',
        [`${role}%`],
      )
      expect(rows).toEqual([{ count: 0 }])
    }
  })

  test('takes nothing from a role that has another name by now, for the one that has its name', async () => {
    const tenant = await givenTenant(database)
    const role = await givenHostRole(database, [tenant.key])
    await database.owner.query(`alter role ${role} rename to ${role}_now`)
    await database.owner.query(`create role ${role}`)
    await asOwner(database, 'select pgscript.grant_integrator($1, $2)', [role, []])
    await asOwner(database, 'select pgscript.revoke_integrator($1)', [role])
    await publish(`${role}_now`, tenant.key)
  })

  test('says that there is no such role, where nothing was granted to one', async () => {
    for (const role of ['no such role', null]) {
      await expect(asOwner(database, 'select pgscript.revoke_integrator($1)', [role])).rejects.toMatchObject({
        code: 'invalid_host_role',
        field: 'role',
      })
    }
  })

  test('says nothing of a role that was granted nothing', async () => {
    const role = await givenHostRole(database, null)
    const client = await database.owner.connect()
    const notices: unknown[] = []
    client.on('notice', (notice) => notices.push(notice.message))
    await client.query('select pgscript.revoke_integrator($1)', [role])
    client.release(true)
    expect(notices).toEqual([])
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

  const mayPublish = async (role: string, key: string) =>
    await transaction({ pool: database.owner }, async (client) => {
      await client.query(`set local role ${role}`)
      const { rows } = await client.query(
        `select
           exists (select from pgscript.tenants where key = $1) as sees,
           pgscript_engine.may_publish_for_all() as for_all`,
        [key],
      )
      return rows[0]
    })

  test('grants to the role itself, whatever it is called later', async () => {
    const tenant = await givenTenant(database)
    const role = await givenHostRole(database, [tenant.key])
    const mighty = await givenHostRole(database, null)
    await asOwner(database, 'select pgscript.grant_integrator($1)', [mighty])
    for (const name of [role, mighty])
      await database.owner.query(`alter role ${name} rename to ${name}_renamed`)
    expect(await mayPublish(`${role}_renamed`, tenant.key)).toEqual({ sees: true, for_all: false })
    expect(await mayPublish(`${mighty}_renamed`, tenant.key)).toEqual({ sees: true, for_all: true })
    await transaction({ pool: database.owner }, async (client) => {
      await client.query(`set local role ${role}_renamed`)
      await client.query("select pgscript.publish_event($1, 'a.b')", [tenant.key])
    })
    // What it is granted now replaces what it was granted under its old name.
    await asOwner(database, 'select pgscript.grant_integrator($1, $2)', [`${role}_renamed`, []])
    expect(await mayPublish(`${role}_renamed`, tenant.key)).toEqual({ sees: false, for_all: false })
    const faults = await asOwner(database, 'select * from pgscript_engine.catalog_faults()')
    expect(faults).toEqual([])
  })

  test.each([
    ['a role that is made anew under the name of a dropped one', 'drop'],
    ['a role of a cluster to which a dump was restored', 'restore'],
  ])('gives nothing to %s, and the doctor tells of it', async (_, how) => {
    const tenant = await givenTenant(database)
    const role = await givenHostRole(database, [tenant.key])
    const mighty = await givenHostRole(database, null)
    await asOwner(database, 'select pgscript.grant_integrator($1)', [mighty])
    for (const name of [role, mighty]) {
      if (how === 'drop') {
        await database.owner.query(`drop role ${name}`)
        await database.owner.query(`create role ${name}`)
        await database.owner.query(`grant ${database.node.roles.integrator} to ${name}`)
      } else {
        // In what a dump is restored to, the table is another one.
        await database.owner.query('update pgscript_private.host_roles set table_oid = 1 where role = $1', [
          name,
        ])
      }
      expect(await mayPublish(name, tenant.key)).toEqual({ sees: false, for_all: false })
      const executing = transaction({ pool: database.owner }, async (client) => {
        await client.query(`set local role ${name}`)
        await client.query("select pgscript.execute_script($1, 'any')", [tenant.key])
      })
      await expect(executing).rejects.toMatchObject({ code: 'permission_denied' })
    }
    expect(await asOwner(database, 'select code, object from pgscript_engine.catalog_faults()')).toEqual(
      [role, mighty].sort().map((object) => ({ code: 'grant_without_role', object })),
    )
    await asOwner(database, 'select pgscript.grant_integrator($1, $2)', [role, [tenant.key]])
    expect(await mayPublish(role, tenant.key)).toEqual({ sees: true, for_all: false })
    await asOwner(database, 'select pgscript.revoke_integrator($1)', [mighty])
    expect(await asOwner(database, 'select code, object from pgscript_engine.catalog_faults()')).toEqual([])
  })

  test('is not for a role that was granted something itself, whatever role it names', async () => {
    const tenant = await givenTenant(database)
    const role = await givenHostRole(database, [tenant.key])
    for (const named of [role, 'no such role']) {
      const calling = transaction({ pool: database.owner }, async (client) => {
        await client.query(`set local role ${role}`)
        await client.query('select pgscript.grant_integrator($1, $2)', [named, [tenant.key]])
      })
      await expect(calling).rejects.toMatchObject({ code: 'permission_denied' })
    }
  })
})
