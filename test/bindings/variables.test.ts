import { describe, expect, test } from 'vitest'

import { as, asOwner, lastAudit } from '../support/call.ts'
import { type GivenTenant, givenTenant, identityIn } from '../support/given-tenant.ts'
import { scriptCalls } from '../support/script-calls.ts'
import { useDatabase } from '../support/use-database.ts'

describe('variables', () => {
  const database = useDatabase()
  const set = async (tenant: GivenTenant, name: string, value: unknown, description: string | null = null) =>
    await as(database, identityIn(tenant), 'select * from pgscript.set_variable(null, $1, $2, $3)', [
      name,
      value === undefined ? null : JSON.stringify(value),
      description,
    ])
  const get = async (tenant: GivenTenant, name: unknown) =>
    await scriptCalls(database, tenant).call('variables.get', name)

  test.each([['text'], [0.2], [false], [null], [[1, 'a']], [{ vat: { reduced: 0.1 } }]])(
    'are %j as set',
    async (value) => {
      const tenant = await givenTenant(database)
      await set(tenant, 'rate', 'before')
      await set(tenant, 'rate', value)
      expect(await get(tenant, 'rate')).toEqual(value)
    },
  )

  test('are the tenant’s own', async () => {
    const [ours, theirs] = [await givenTenant(database), await givenTenant(database)]
    await set(ours, 'rate', 1)
    await expect(get(theirs, 'rate')).rejects.toMatchObject({ code: 'variable_not_found' })
  })

  test('are recorded with what they were', async () => {
    const tenant = await givenTenant(database)
    const name = `rate_${tenant.id.slice(0, 8)}${tenant.id.slice(-8)}`
    await set(tenant, name, 1, 'the rate')
    expect(await lastAudit(database, name)).toMatchObject({
      action: 'variable.set',
      before: null,
      after: { value: 1 },
    })
    const [row] = await set(tenant, name, 2)
    expect(row).toMatchObject({ value: 2, description: 'the rate' })
    expect(await lastAudit(database, name)).toMatchObject({ before: { value: 1 }, after: { value: 2 } })
    await as(database, identityIn(tenant), 'select pgscript.delete_variable(null, $1)', [name])
    expect(await lastAudit(database, name)).toMatchObject({
      action: 'variable.deleted',
      before: { value: 2 },
    })
    await expect(get(tenant, name)).rejects.toMatchObject({ code: 'variable_not_found' })
    await expect(
      as(database, identityIn(tenant), 'select pgscript.delete_variable(null, $1)', [name]),
    ).rejects.toMatchObject({ code: 'variable_not_found', status: 404 })
  })

  test.each<[code: string, name: string, value: unknown, description?: string]>([
    ['invalid_name', '', 1],
    ['invalid_name', 'a b', 1],
    ['invalid_name', 'x'.repeat(101), 1],
    ['invalid_value', 'a', undefined],
    ['invalid_value', 'a', 'x'.repeat(65_535)],
    ['invalid_description', 'a', 1, 'x'.repeat(501)],
  ])('refuse as %s', async (code, name, value, description) => {
    const tenant = await givenTenant(database)
    await expect(set(tenant, name, value, description)).rejects.toMatchObject({ code, status: 422 })
  })

  test('are set by who may manage settings', async () => {
    const tenant = await givenTenant(database)
    const identity = identityIn(tenant, ['secrets.manage', 'scripts.update'])
    await expect(
      as(database, identity, `select pgscript.set_variable(null, 'a', '1')`),
    ).rejects.toMatchObject({
      code: 'permission_denied',
    })
    await set(tenant, 'a', 1)
    await expect(as(database, identity, `select pgscript.delete_variable(null, 'a')`)).rejects.toMatchObject({
      code: 'permission_denied',
    })
  })

  test('are at most 1000 a tenant', async () => {
    const tenant = await givenTenant(database)
    await asOwner(
      database,
      `insert into pgscript.variables (tenant_id, name, value) select $1, 'v' || n, '1' from generate_series(1, 1000) as n`,
      [tenant.id],
    )
    await expect(set(tenant, 'one_more', 1)).rejects.toMatchObject({
      code: 'too_many_variables',
      status: 409,
    })
    await set(tenant, 'v1', 2)
  })
})
