import { expect, test } from 'vitest'

import type { Database } from '../../src/database/database.ts'
import { createUserLoader } from '../../src/executor/load-user.ts'
import { asOwner } from '../support/call.ts'
import { type GivenTenant, type GivenUser, givenTenant, givenUser } from '../support/given-tenant.ts'
import { until } from '../support/until.ts'
import { useDatabase } from '../support/use-database.ts'

const database = useDatabase()
const stranger = { externalId: null, email: null, name: null, roles: [], permissions: [] }

async function givenMember() {
  const tenant = await givenTenant(database)
  const user = await givenUser(database, { tenant, role: 'viewer' })
  return { tenant, user, name: { tenantId: tenant.id, userId: user.id } }
}
const setRole = (tenant: GivenTenant, user: GivenUser, role: string | null) =>
  asOwner(database, 'select pgscript.set_membership($1, $2, $3)', [tenant.key, user.email, role])

test('a member comes with names, roles and permissions in that tenant', async () => {
  const { tenant, user, name } = await givenMember()
  const other = await givenTenant(database)
  await setRole(other, user, 'admin')
  await asOwner(database, 'select pgscript.upsert_user($1, $2, $3)', [user.email, `x-${user.id}`, 'Ann'])
  await asOwner(database, `select pgscript.set_membership($1, $2, 'viewer', 'north')`, [
    tenant.key,
    user.email,
  ])
  await expect(createUserLoader(database.node).load(name)).resolves.toEqual({
    user: {
      id: user.id,
      externalId: `x-${user.id}`,
      email: user.email,
      name: 'Ann',
      roles: ['viewer'],
      permissions: ['executions.read', 'scripts.read'],
    },
    organizationId: 'north',
  })
})

test('who is no member of the tenant, or disabled, is an id and nothing else', async () => {
  const { tenant, user, name } = await givenMember()
  const other = await givenTenant(database)
  const load = () => createUserLoader(database.node).load(name)
  const nobody = { user: { id: user.id, ...stranger }, organizationId: null }
  const elsewhere = { tenantId: other.id, userId: user.id }
  await expect(createUserLoader(database.node).load(elsewhere)).resolves.toEqual(nobody)
  await asOwner(database, 'update pgscript.users set disabled_at = now() where id = $1', [user.id])
  await expect(load()).resolves.toEqual(nobody)
  await asOwner(database, 'update pgscript.users set disabled_at = null where id = $1', [user.id])
  await expect(load()).resolves.toMatchObject({ user: { roles: ['viewer'] } })
  await setRole(tenant, user, null)
  await expect(load()).resolves.toEqual(nobody)
})

test('what was read is kept for a while, and read again after it', async () => {
  const { tenant, user, name } = await givenMember()
  const patient = createUserLoader(database.node, { ttlMs: 60_000 })
  const hasty = createUserLoader(database.node, { ttlMs: 20 })
  const rolesBy = async (loader: typeof patient) => (await loader.load(name)).user.roles
  expect([await rolesBy(patient), await rolesBy(hasty)]).toEqual([['viewer'], ['viewer']])
  await setRole(tenant, user, 'developer')
  expect(await until(async () => (await rolesBy(hasty))[0] !== 'viewer' && rolesBy(hasty))).toEqual([
    'developer',
  ])
  expect(await rolesBy(patient)).toEqual(['viewer'])
})

test('is for nodes that prove themselves', async () => {
  const { name } = await givenMember()
  const impostor: Database = { ...database.node, capability: 'x' }
  await expect(createUserLoader(impostor).load(name)).rejects.toThrow()
})
