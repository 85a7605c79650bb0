import { describe, expect, test } from 'vitest'

import { as, asOwner, lastAudit } from '../../support/call.ts'
import { type GivenTenant, givenTenant, givenUser, identityIn, onlyRow } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'

interface Holder {
  tenant_id: string
  tenant_key: string
  tenant_status: string
  api_key_id: string
  user_id: string | null
  permissions: string[]
}

describe('API keys', () => {
  const database = useDatabase()

  interface Wish {
    name?: string
    scopes?: (string | null)[] | null
    forUser?: string
    /** From now. */
    expiresIn?: string
  }
  const create = async (tenant: GivenTenant, wish: Wish = {}) => {
    const { name = 'key', scopes = ['scripts.read', 'scripts.execute'], forUser, expiresIn } = wish
    const rows = await asOwner<{ key: string }>(
      database,
      'select pgscript.create_api_key($1, $2, $3, $4, now() + $5::interval) as key',
      [tenant.key, name, scopes, forUser, expiresIn],
    )
    return onlyRow(rows).key
  }
  const authenticate = async (key: string) =>
    (await database.node.pool.query<Holder>('select * from pgscript_engine.authenticate_api_key($1)', [key]))
      .rows
  const permissionsOf = async (key: string) => onlyRow(await authenticate(key)).permissions

  test('are shown once and kept as a hash', async () => {
    const tenant = await givenTenant(database)
    const key = await create(tenant)
    expect(key).toMatch(/^pgs_[0-9a-f]{64}$/)
    expect(await create(tenant)).not.toBe(key)

    const [stored] = await asOwner<{ prefix: string; everything: string; hash: string }>(
      database,
      `select api_key.prefix, encode(known.hash, 'hex') as hash,
         concat(api_key::text, known::text, (select string_agg(entry::text, '') from pgscript.audit_log as entry
           where entry.tenant_id = api_key.tenant_id)) as everything
       from pgscript.api_keys as api_key join pgscript_private.api_key_hashes as known on known.api_key_id = api_key.id
       where api_key.tenant_id = $1 and $2 like api_key.prefix || '%'`,
      [tenant.id, key],
    )
    expect(stored?.prefix).toBe(key.slice(0, 12))
    expect(stored?.everything).not.toContain(key.slice(4))
    expect(stored?.hash).toMatch(/^[0-9a-f]{64}$/)
  })

  test('name their tenant and what they may do', async () => {
    const tenant = await givenTenant(database)
    const holder = onlyRow(
      await authenticate(await create(tenant, { scopes: ['scripts.read', 'audit.read', 'audit.read'] })),
    )
    expect(holder).toEqual({
      tenant_id: tenant.id,
      tenant_key: tenant.key,
      tenant_status: 'active',
      api_key_id: expect.any(String),
      user_id: null,
      permissions: ['audit.read', 'scripts.read'],
    })
    expect(await lastAudit(database, holder.api_key_id)).toMatchObject({
      action: 'api_key.created',
      after: { name: 'key', expires_at: null },
    })
  })

  test.each(['', 'pgs_', 'pgs_unknown', `pgs_${'0'.repeat(64)}`])('are unknown: %j', async (key) => {
    expect(await authenticate(key)).toEqual([])
  })

  test('are told apart by every character', async () => {
    const key = await create(await givenTenant(database))
    expect(await authenticate(`${key} `)).toEqual([])
    expect(await authenticate(key.toUpperCase())).toEqual([])
    expect(await authenticate(key.slice(0, -1))).toEqual([])
    expect(await authenticate(key)).toHaveLength(1)
  })

  test('end when they expire', async () => {
    const key = await create(await givenTenant(database), { expiresIn: '1 hour' })
    const { api_key_id: id } = onlyRow(await authenticate(key))
    await asOwner(
      database,
      "update pgscript.api_keys set expires_at = now() - interval '1 second' where id = $1",
      [id],
    )
    expect(await authenticate(key)).toEqual([])
  })

  test('end when they are revoked, and their rows stay', async () => {
    const tenant = await givenTenant(database)
    const key = await create(tenant)
    const { api_key_id: id } = onlyRow(await authenticate(key))
    const revoke = () => asOwner(database, 'select pgscript.revoke_api_key($1, $2)', [tenant.key, id])
    await revoke()
    expect(await authenticate(key)).toEqual([])
    const revokedAt = async () =>
      await asOwner(database, 'select revoked_at from pgscript.api_keys where id = $1', [id])
    const first = await revokedAt()
    await revoke()
    expect(await revokedAt()).toEqual(first)
    expect(await lastAudit(database, id)).toMatchObject({ action: 'api_key.revoked' })
  })

  test('of another tenant cannot be revoked', async () => {
    const [ours, theirs] = [await givenTenant(database), await givenTenant(database)]
    const key = await create(theirs)
    const { api_key_id: id } = onlyRow(await authenticate(key))
    await expect(
      as(database, identityIn(ours), 'select pgscript.revoke_api_key(null, $1)', [id]),
    ).rejects.toMatchObject({ code: 'api_key_not_found', status: 404 })
    expect(await authenticate(key)).toHaveLength(1)
  })

  describe('of a user', () => {
    test('may do what their role may, and no more than their scopes', async () => {
      const tenant = await givenTenant(database)
      const user = await givenUser(database, { tenant, role: 'viewer' })
      const key = await create(tenant, {
        forUser: user.email,
        scopes: ['scripts.read', 'scripts.delete', 'members.manage'],
      })
      expect(onlyRow(await authenticate(key)).user_id).toBe(user.id)
      expect(await permissionsOf(key)).toEqual(['scripts.read'])
      const setRole = (role: string | null) =>
        asOwner(database, 'select pgscript.set_membership($1, $2, $3)', [tenant.key, user.email, role])
      await setRole('admin')
      expect(await permissionsOf(key)).toEqual(['members.manage', 'scripts.delete', 'scripts.read'])
      await setRole('developer')
      expect(await permissionsOf(key)).toEqual(['scripts.read'])
      await setRole(null)
      expect(await authenticate(key)).toEqual([])
    })

    test('end when the user is disabled', async () => {
      const tenant = await givenTenant(database)
      const user = await givenUser(database, { tenant, role: 'viewer' })
      const key = await create(tenant, { forUser: user.email })
      expect(await authenticate(key)).toHaveLength(1)
      await asOwner(database, 'update pgscript.users set disabled_at = now() where id = $1', [user.id])
      expect(await authenticate(key)).toEqual([])
    })

    test('are made for members only', async () => {
      const tenant = await givenTenant(database)
      const stranger = await givenUser(database)
      const missing = { code: 'member_not_found', status: 404, field: 'for_user' }
      await expect(create(tenant, { forUser: stranger.email })).rejects.toMatchObject(missing)
      const member = await givenUser(database, { tenant, role: 'viewer' })
      await asOwner(database, 'update pgscript.users set disabled_at = now() where id = $1', [member.id])
      await expect(create(tenant, { forUser: member.email })).rejects.toMatchObject(missing)
    })
  })

  test('remember when they were last used, to the minute', async () => {
    const key = await create(await givenTenant(database))
    const { api_key_id: id } = onlyRow(await authenticate(key))
    const lastUsed = async () =>
      onlyRow(
        await asOwner<{ at: Date | null }>(
          database,
          'select last_used_at as at from pgscript.api_keys where id = $1',
          [id],
        ),
      ).at
    const first = await lastUsed()
    expect(first).toBeInstanceOf(Date)
    await authenticate(key)
    expect(await lastUsed()).toEqual(first)
    await asOwner(
      database,
      "update pgscript.api_keys set last_used_at = now() - interval '2 minutes' where id = $1",
      [id],
    )
    await authenticate(key)
    expect((await lastUsed())?.getTime()).toBeGreaterThanOrEqual(first?.getTime() ?? Number.NaN)
  })

  test.each<[field: string, code: string, wish: Wish]>([
    ['scopes', 'invalid_scope', { scopes: ['scripts.read', 'scripts.fly'] }],
    ['scopes', 'invalid_scope', { scopes: [] }],
    ['scopes', 'invalid_scope', { scopes: [null] }],
    ['expires_at', 'invalid_expiry', { expiresIn: '-1 second' }],
    ['name', 'invalid_name', { name: '' }],
    ['name', 'invalid_name', { name: 'x'.repeat(101) }],
  ])('refuse a wrong %s as %s: %o', async (field, code, wish) => {
    await expect(create(await givenTenant(database), wish)).rejects.toMatchObject({
      code,
      field,
      status: 422,
    })
  })

  test('are made by who may manage members', async () => {
    const tenant = await givenTenant(database)
    const call = "select pgscript.create_api_key(null, 'key', array['scripts.read'])"
    await expect(
      as(database, identityIn(tenant, ['settings.manage', 'scripts.read']), call),
    ).rejects.toMatchObject({ code: 'permission_denied' })
    await as(database, identityIn(tenant, ['members.manage']), call)
  })
})
