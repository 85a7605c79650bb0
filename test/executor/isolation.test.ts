import { expect, test } from 'vitest'

import { isolationOf } from '../../src/executor/isolation.ts'
import { checkInput } from '../../src/executor/limits.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'

const database = useDatabase()

const settingsOf = async (key: string, settings: object) => {
  const { rows } = await database.owner.query<{ settings: Record<string, unknown> }>(
    'select pgscript.set_tenant_settings($1, $2) as settings',
    [key, settings],
  )
  return rows[0]?.settings ?? {}
}

test("a tenant's settings say how its executions are kept apart", async () => {
  const { key } = await givenTenant(database)
  expect(isolationOf(await settingsOf(key, {}))).toEqual({
    isolation: 'realm',
    shared: false,
    allowCode: false,
  })
  const changed = { isolation: 'context', shared_isolates: true, allow_code_generation: true }
  expect(isolationOf(await settingsOf(key, changed))).toEqual({
    isolation: 'context',
    shared: true,
    allowCode: true,
  })
  await expect(settingsOf(key, { isolation: 'none' })).rejects.toMatchObject({
    constraint: 'invalid_setting',
  })
})

test('what does not fit means the default, so that an older database runs scripts as well', () => {
  expect(isolationOf({ isolation: 7, shared_isolates: 'yes' })).toEqual({
    isolation: 'realm',
    shared: false,
    allowCode: false,
  })
})

test('input beyond the limit is refused with its size, counted in bytes', () => {
  expect(() => checkInput('"€"', { input_bytes: 4 })).toThrow('input: is 5 bytes as JSON; the limit is 4.')
  expect(() => checkInput('"€"', { input_bytes: 5 })).not.toThrow()
})
