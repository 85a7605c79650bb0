import { describe, expect, test } from 'vitest'

import { systemOperator } from '../../../src/database/tenant-transaction.ts'
import { as, asOwner, auditOf, lastAudit } from '../../support/call.ts'
import { everyPermission, givenTenant, givenUser, identityIn, onlyRow } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'

describe('tenants, users and members', () => {
  const database = useDatabase()

  describe('pgscript.upsert_tenant', () => {
    interface Tenant {
      id: string
      key: string
      name: string
      status: string
      limits: Record<string, number>
    }
    const upsert = async (key: string | null, changes = '', values: unknown[] = []) =>
      onlyRow(
        await asOwner<Tenant>(
          database,
          `select * from pgscript.upsert_tenant($1${changes && `, ${changes}`})`,
          [key, ...values],
        ),
      )

    test('creates a tenant with its built-in roles and its queue', async () => {
      const tenant = await upsert('acme', "'Acme', limits => $2", ['{"memory_mb": 32}'])
      expect(tenant).toMatchObject({ key: 'acme', name: 'Acme', status: 'active', limits: { memory_mb: 32 } })
      const roles = await asOwner<{ role: string; permissions: string[] }>(
        database,
        `select role, array_agg(permission order by permission) as permissions
         from pgscript.role_permissions where tenant_id = $1 group by role order by role`,
        [tenant.id],
      )
      expect(roles).toEqual([
        { role: 'admin', permissions: everyPermission.toSorted() },
        {
          role: 'developer',
          permissions: [
            'dead_letters.manage',
            'executions.read',
            'scripts.create',
            'scripts.execute',
            'scripts.read',
            'scripts.update',
          ],
        },
        { role: 'viewer', permissions: ['executions.read', 'scripts.read'] },
      ])
      expect(
        await asOwner(database, 'select from pgscript_engine.tenant_queues where tenant_id = $1', [
          tenant.id,
        ]),
      ).toHaveLength(1)
      expect(await lastAudit(database, tenant.id)).toMatchObject({ action: 'tenant.created', before: null })
    })

    test('changes what is not null of it, and records that', async () => {
      const tenant = await upsert('globex', "'Globex', limits => $2", ['{"memory_mb": 32}'])
      expect(await upsert('globex', "status => 'suspended'")).toMatchObject({
        id: tenant.id,
        name: 'Globex',
        status: 'suspended',
        limits: { memory_mb: 32 },
      })
      expect(await lastAudit(database, tenant.id)).toMatchObject({
        action: 'tenant.changed',
        before: { status: 'active' },
        after: { status: 'suspended' },
      })
    })

    test('is called the key until it has a name', async () => {
      expect(await upsert('nameless')).toMatchObject({ name: 'nameless' })
    })

    test('makes one tenant for many callers at once', async () => {
      const tenants = await Promise.all(Array.from({ length: 6 }, () => upsert('popular')))
      expect(new Set(tenants.map(({ id }) => id)).size).toBe(1)
    })

    test.each<[field: string, code: string, key: string | null, changes: string]>([
      ['key', 'invalid_key', '', ''],
      ['key', 'invalid_key', null, ''],
      ['key', 'invalid_key', ' padded', ''],
      ['key', 'invalid_key', 'x'.repeat(201), ''],
      ['key', 'invalid_key', 'a\nb', ''],
      ['name', 'invalid_name', 'wrong', "''"],
      ['status', 'invalid_status', 'wrong', "status => 'gone'"],
      ['limits.memory', 'invalid_limit', 'wrong', `limits => '{"memory": 1}'`],
      ['limits.memory_mb', 'invalid_limit', 'wrong', `limits => '{"memory_mb": 1}'`],
      ['limits', 'invalid_limit', 'wrong', `limits => '[]'`],
    ])('refuses a wrong %s as %s: %j %s', async (field, code, key, changes) => {
      await expect(upsert(key, changes)).rejects.toMatchObject({ code, field, status: 422 })
    })
  })

  describe('pgscript.upsert_user', () => {
    interface User {
      id: string
      email: string | null
      external_id: string | null
      name: string
      is_operator: boolean
    }
    const upsert = async (
      email: string | null,
      externalId: string | null,
      name?: string,
      isOperator?: boolean,
    ) =>
      onlyRow(
        await asOwner<User>(database, 'select * from pgscript.upsert_user($1, $2, $3, $4)', [
          email,
          externalId,
          name,
          isOperator,
        ]),
      )

    test('creates a user, and finds them again by e-mail or external id', async () => {
      const user = await upsert('Ann@Example.com', 'ext-1', 'Ann')
      expect(user).toMatchObject({
        email: 'Ann@Example.com',
        external_id: 'ext-1',
        name: 'Ann',
        is_operator: false,
      })
      expect(await upsert('ann@example.COM', null, undefined, true)).toMatchObject({
        id: user.id,
        name: 'Ann',
        external_id: 'ext-1',
        is_operator: true,
      })
      expect(await upsert(null, 'ext-1', 'Anna')).toMatchObject({
        id: user.id,
        email: 'ann@example.COM',
        name: 'Anna',
        is_operator: true,
      })
    })

    test('is called by what there is', async () => {
      expect(await upsert('only@example.com', null)).toMatchObject({ name: 'only@example.com' })
      expect(await upsert(null, 'ext-2')).toMatchObject({ name: 'ext-2', email: null })
    })

    test.each<[field: string, code: string, values: [string | null, string | null, string?]]>([
      ['email', 'user_unnamed', [null, null]],
      ['email', 'invalid_email', ['nobody', null]],
      ['email', 'invalid_email', [`${'x'.repeat(250)}@example.com`, null]],
      ['name', 'invalid_name', ['somebody@example.com', null, '']],
      ['name', 'invalid_name', ['somebody@example.com', null, 'x'.repeat(201)]],
    ])('refuses a wrong %s as %s: %j', async (field, code, values) => {
      await expect(upsert(...values)).rejects.toMatchObject({ code, field, status: 422 })
    })

    test('refuses an e-mail that belongs to somebody else', async () => {
      await upsert('first@example.com', 'first')
      await upsert('second@example.com', 'second')
      await expect(upsert('second@example.com', 'first')).rejects.toMatchObject({
        code: 'email_taken',
        status: 409,
        field: 'email',
      })
    })
  })

  describe('pgscript.set_membership', () => {
    const call = 'select pgscript.set_membership($1, $2, $3)'
    const roleOf = async (userId: string) =>
      (
        await asOwner<{ role: string }>(
          database,
          'select role from pgscript.memberships where user_id = $1',
          [userId],
        )
      ).map(({ role }) => role)

    test('makes a user a member, changes the role and ends it', async () => {
      const tenant = await givenTenant(database)
      const user = await givenUser(database)
      for (const [role, expected] of [
        ['viewer', ['viewer']],
        ['admin', ['admin']],
        [null, []],
      ] as const) {
        await asOwner(database, call, [tenant.key, user.email, role])
        expect(await roleOf(user.id)).toEqual(expected)
      }
      const entries = await auditOf(database, user.id)
      expect(entries.map(({ action, before, after }) => [action, before?.role, after?.role])).toEqual([
        ['member.changed', null, 'viewer'],
        ['member.changed', 'viewer', 'admin'],
        ['member.changed', 'admin', null],
      ])
    })

    test('puts a member in an organization, which stays until another or none is given', async () => {
      const tenant = await givenTenant(database)
      const user = await givenUser(database)
      const set = async (role: string, organization: string | null) => {
        const text = 'select pgscript.set_membership($1, $2, $3, organization_id => $4)'
        await asOwner(database, text, [tenant.key, user.email, role, organization])
        return (await lastAudit(database, user.id))?.after
      }
      expect(await set('viewer', 'north')).toEqual({ role: 'viewer', organization_id: 'north' })
      expect(await set('admin', null)).toEqual({ role: 'admin', organization_id: 'north' })
      expect(await set('admin', 'south')).toEqual({ role: 'admin', organization_id: 'south' })
      await expect(set('admin', ' x')).rejects.toMatchObject({
        code: 'invalid_organization_id',
        status: 422,
        field: 'organization_id',
      })
      expect(await set('admin', '')).toEqual({ role: 'admin', organization_id: null })
    })

    test('finds the user by e-mail in any case, external id and id', async () => {
      const tenant = await givenTenant(database)
      const [user] = await asOwner<{ id: string }>(
        database,
        "select id from pgscript.upsert_user('bob@example.com', 'bob-1')",
      )
      for (const [name, role] of [
        ['BOB@example.com', 'viewer'],
        ['bob-1', 'developer'],
        [user?.id, 'admin'],
      ]) {
        await asOwner(database, call, [tenant.key, name, role])
        expect(await roleOf(user?.id ?? '')).toEqual([role])
      }
    })

    test('refuses users and roles that are not there', async () => {
      const tenant = await givenTenant(database)
      const user = await givenUser(database)
      await expect(asOwner(database, call, [tenant.key, 'nobody', 'viewer'])).rejects.toMatchObject({
        code: 'user_not_found',
        status: 404,
        field: 'member',
      })
      await expect(asOwner(database, call, [tenant.key, user.email, 'king'])).rejects.toMatchObject({
        code: 'role_not_found',
        status: 404,
        field: 'role',
      })
    })

    test('needs members.manage, of that tenant', async () => {
      const [ours, theirs] = [await givenTenant(database), await givenTenant(database)]
      const user = await givenUser(database)
      const rest = everyPermission.filter((name) => name !== 'members.manage')
      const denied = { code: 'permission_denied' }
      await expect(
        as(database, identityIn(ours, rest), call, [null, user.email, 'admin']),
      ).rejects.toMatchObject(denied)
      await expect(
        as(database, identityIn(ours), call, [theirs.key, user.email, 'admin']),
      ).rejects.toMatchObject(denied)
      await as(database, identityIn(ours, ['members.manage']), call, [null, user.email, 'viewer'])
      await as(database, systemOperator, call, [theirs.key, user.email, 'viewer'])
      expect(await roleOf(user.id)).toEqual(['viewer', 'viewer'])
    })
  })

  test.each(["upsert_tenant('mine')", "upsert_user('me@example.com')"])(
    'only operators call %s',
    async (call) => {
      const tenant = await givenTenant(database)
      await expect(as(database, identityIn(tenant), `select pgscript.${call}`)).rejects.toMatchObject({
        code: '42501',
      })
      await as(database, systemOperator, `select pgscript.${call}`)
    },
  )
})
