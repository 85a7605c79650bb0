import { describe, expect, test } from 'vitest'

import { rotateSecrets } from '../../src/bindings/rotate-secrets.ts'
import { createSecretKeys } from '../../src/bindings/secret-keys.ts'
import { type SecretToStore, storeSecret } from '../../src/bindings/store-secret.ts'
import type { Identity } from '../../src/database/tenant-transaction.ts'
import { as, asOwner, auditOf } from '../support/call.ts'
import { givenScript } from '../support/given-script.ts'
import { everyPermission, type GivenTenant, givenTenant, identityIn } from '../support/given-tenant.ts'
import { scriptCalls, testKeys } from '../support/script-calls.ts'
import { useDatabase } from '../support/use-database.ts'
import { capturedLog } from '../support/use-node.ts'

const oldKeys = createSecretKeys('the secret as it was in the beginning')
const newKeys = createSecretKeys(
  'the secret as it is now, after the change',
  'the secret as it was in the beginning',
)

describe('secrets', () => {
  const database = useDatabase()

  const store = async (
    tenant: GivenTenant,
    secret: Partial<SecretToStore> = {},
    { identity = identityIn(tenant), keys = testKeys }: { identity?: Identity; keys?: typeof testKeys } = {},
  ) =>
    await storeSecret({ database: database.node, keys }, identity, {
      tenantKey: null,
      name: 'API_KEY',
      value: 'a value of some length',
      ...secret,
    })
  const readAs = async (
    tenant: GivenTenant,
    name = 'API_KEY',
    scriptId: string | null = null,
    keys = testKeys,
  ) => await scriptCalls(database, tenant, { scriptId, secretKeys: keys }).call('secrets.get', name)

  test('are read as they were set, by the latest value', async () => {
    const tenant = await givenTenant(database)
    expect(await store(tenant)).toMatchObject({ name: 'API_KEY', version: 1, scripts: null })
    expect(await readAs(tenant)).toBe('a value of some length')
    expect(await store(tenant, { value: 'ключ\n\0 "🔑"' })).toMatchObject({ version: 2 })
    expect(await readAs(tenant)).toBe('ключ\n\0 "🔑"')
  })

  test('are told to the run that reads them, before it gets them', async () => {
    const tenant = await givenTenant(database)
    await store(tenant)
    const calls = scriptCalls(database, tenant)
    await calls.call('secrets.get', 'API_KEY')
    expect(calls.secrets).toEqual(['a value of some length'])
  })

  test('are not there for others: no such name, another tenant, deleted', async () => {
    const [ours, theirs] = [await givenTenant(database), await givenTenant(database)]
    await store(ours)
    const missing = { code: 'secret_not_found', retryable: false }
    await expect(readAs(ours, 'OTHER')).rejects.toMatchObject(missing)
    await expect(readAs(theirs)).rejects.toMatchObject(missing)
    await as(database, identityIn(ours), "select pgscript.delete_secret(null, 'API_KEY')")
    await expect(readAs(ours)).rejects.toMatchObject(missing)
    await expect(
      as(database, identityIn(ours), "select pgscript.delete_secret(null, 'API_KEY')"),
    ).rejects.toMatchObject({
      code: 'secret_not_found',
      status: 404,
    })
  })

  test('may be limited to scripts, which stay the same when others take their names', async () => {
    const tenant = await givenTenant(database)
    const [allowed, other] = [await givenScript(database, tenant), await givenScript(database, tenant)]
    expect((await store(tenant, { scripts: [allowed.name] })).scripts).toEqual([allowed.id])
    expect(await readAs(tenant, 'API_KEY', allowed.id)).toBe('a value of some length')
    for (const script of [other.id, null])
      await expect(readAs(tenant, 'API_KEY', script)).rejects.toMatchObject({ code: 'secret_not_found' })

    // A new value changes nothing of it; the list can be changed without the value.
    expect((await store(tenant)).scripts).toEqual([allowed.id])
    await as(database, identityIn(tenant), 'select pgscript.change_secret(null, $1, scripts => $2)', [
      'API_KEY',
      [other.name],
    ])
    await expect(readAs(tenant, 'API_KEY', allowed.id)).rejects.toMatchObject({ code: 'secret_not_found' })
    expect(await readAs(tenant, 'API_KEY', other.id)).toBe('a value of some length')
    await as(
      database,
      identityIn(tenant),
      "select pgscript.change_secret(null, 'API_KEY', scripts => array['*'])",
    )
    expect(await readAs(tenant, 'API_KEY', null)).toBe('a value of some length')
  })

  test('are limited to scripts of the tenant itself', async () => {
    const [ours, theirs] = [await givenTenant(database), await givenTenant(database)]
    const script = await givenScript(database, theirs)
    await expect(store(ours, { scripts: [script.id] })).rejects.toMatchObject({ code: 'script_not_found' })
    await expect(store(ours, { scripts: [] })).rejects.toMatchObject({
      code: 'invalid_scripts',
      field: 'scripts',
    })
    await expect(store(ours, { scripts: ['*', script.name] })).rejects.toMatchObject({
      code: 'script_not_found',
    })
  })

  test('need secrets.manage, and an identity', async () => {
    const tenant = await givenTenant(database)
    const identity = identityIn(
      tenant,
      everyPermission.filter((name) => name !== 'secrets.manage'),
    )
    const denied = { code: 'permission_denied' }
    await expect(store(tenant, {}, { identity })).rejects.toMatchObject(denied)
    await store(tenant)
    await expect(
      as(database, identity, "select pgscript.delete_secret(null, 'API_KEY')"),
    ).rejects.toMatchObject(denied)
    await expect(
      as(database, identity, "select pgscript.change_secret(null, 'API_KEY', 'x')"),
    ).rejects.toMatchObject(denied)
    const theirs = await givenTenant(database)
    await expect(
      store(theirs, { tenantKey: theirs.key }, { identity: identityIn(tenant) }),
    ).rejects.toMatchObject(denied)
    expect(await readAs(tenant)).toBe('a value of some length')
  })

  test('show nothing of their value: not in tables, audit, plain text of any form', async () => {
    const tenant = await givenTenant(database)
    const value = 'hunter2 is a poor one'
    const name = `KEY_${crypto.randomUUID()}`
    await store(tenant, { name, value })
    await store(tenant, { name, value: `${value}!` })
    const [row] = await asOwner<{ everything: string }>(
      database,
      `select concat(
         (select string_agg(secret::text, ' ') from pgscript.secrets as secret where tenant_id = $1),
         (select string_agg(value::text, ' ') from pgscript_private.secret_values as value where tenant_id = $1),
         (select string_agg(entry::text, ' ') from pgscript.audit_log as entry where tenant_id = $1)) as everything`,
      [tenant.id],
    )
    expect(row?.everything).toContain(name)
    for (const form of [value, Buffer.from(value).toString('hex'), Buffer.from(value).toString('base64')])
      expect(row?.everything).not.toContain(form)
    expect(await auditOf(database, name)).toMatchObject([
      { action: 'secret.stored', after: { version: 1, scripts: null } },
      { action: 'secret.stored', after: { version: 2, scripts: null } },
    ])
  })

  test.each<[string, Partial<SecretToStore>]>([
    ['invalid_value', { value: '' }],
    ['invalid_value', { value: 'x'.repeat(65_537) }],
    ['invalid_value', { value: 'half of a pair: \ud800' }],
    ['invalid_name', { name: '' }],
    ['invalid_name', { name: '1st' }],
    ['invalid_name', { name: 'a b' }],
    ['invalid_name', { name: 'x'.repeat(101) }],
    ['invalid_description', { description: 'x'.repeat(501) }],
  ])('refuse as %s: %o', async (code, secret) => {
    const tenant = await givenTenant(database)
    const refused = store(tenant, secret)
    await expect(refused).rejects.toMatchObject({ code, status: 422 })
    if (secret.value)
      await expect(refused).rejects.toMatchObject({ message: expect.not.stringContaining(secret.value) })
  })

  test.each([['a\0'], [5], [''], [null], ['__proto__ x']])(
    'are asked for by a name: %j is none',
    async (name) => {
      const { call } = scriptCalls(database, await givenTenant(database))
      await expect(call('secrets.get', name)).rejects.toMatchObject({ code: 'invalid_arguments' })
    },
  )

  test('are at most 50 a run', async () => {
    const tenant = await givenTenant(database)
    await Promise.all(Array.from({ length: 51 }, (_, n) => store(tenant, { name: `S${n}` })))
    const { call } = scriptCalls(database, tenant)
    await Promise.all(Array.from({ length: 50 }, (_, n) => call('secrets.get', `S${n}`)))
    await expect(call('secrets.get', 'S50')).rejects.toMatchObject({ code: 'secret_limit' })
    expect(await call('secrets.get', 'S0')).toBe('a value of some length')
  })

  test('are at most 500 a tenant', async () => {
    const tenant = await givenTenant(database)
    await asOwner(
      database,
      `insert into pgscript.secrets (tenant_id, name, version)
       select $1, 'S' || n, 1 from generate_series(1, 499) as n`,
      [tenant.id],
    )
    await store(tenant)
    await expect(store(tenant, { name: 'ONE_MORE' })).rejects.toMatchObject({ code: 'too_many_secrets' })
    await store(tenant)
  })

  describe('whose rows are changed in the database', () => {
    const unreadable = { code: 'secret_unreadable', retryable: false }
    const change = (tenant: GivenTenant, set: string, values: unknown[] = []) =>
      asOwner(
        database,
        `update pgscript_private.secret_values as value set ${set} where value.tenant_id = $1 and value.name = 'API_KEY'`,
        [tenant.id, ...values],
      )
    const given = async () => {
      const tenant = await givenTenant(database)
      await store(tenant)
      await store(tenant, { name: 'OTHER', value: 'the other value' })
      return tenant
    }
    const from = (columns: string) =>
      `(nonce, ciphertext, key_id${columns}) = (select nonce, ciphertext, key_id${columns} from pgscript_private.secret_values as source`

    test('do not open as another secret of the tenant', async () => {
      const tenant = await given()
      await change(tenant, `${from('')} where source.tenant_id = value.tenant_id and source.name = 'OTHER')`)
      await expect(readAs(tenant)).rejects.toMatchObject(unreadable)
      expect(await readAs(tenant, 'OTHER')).toBe('the other value')
    })

    test("do not open as another tenant's", async () => {
      const [ours, theirs] = [await given(), await given()]
      await change(ours, `${from(', version')} where source.tenant_id = $2 and source.name = 'API_KEY')`, [
        theirs.id,
      ])
      await expect(readAs(ours)).rejects.toMatchObject(unreadable)
    })

    test('do not open in another version', async () => {
      const tenant = await given()
      const [before] = await asOwner<{ nonce: Buffer; ciphertext: Buffer }>(
        database,
        "select nonce, ciphertext from pgscript_private.secret_values where tenant_id = $1 and name = 'API_KEY'",
        [tenant.id],
      )
      await store(tenant, { value: 'a new value' })
      await change(tenant, 'nonce = $2, ciphertext = $3', [before?.nonce, before?.ciphertext])
      await expect(readAs(tenant)).rejects.toMatchObject(unreadable)
    })

    test.each([
      ['a bit of the ciphertext', 'ciphertext = set_byte(ciphertext, 3, get_byte(ciphertext, 3) # 1)'],
      [
        'a bit of the tag',
        'ciphertext = set_byte(ciphertext, length(ciphertext) - 1, get_byte(ciphertext, length(ciphertext) - 1) # 1)',
      ],
      ['the nonce', 'nonce = set_byte(nonce, 0, get_byte(nonce, 0) # 1)'],
      ['the end', 'ciphertext = substring(ciphertext from 1 for 16)'],
      ['the id of the key', "key_id = 'unknown'"],
    ])('do not open with %s changed, and nothing of them is told', async (_, set) => {
      const tenant = await given()
      await change(tenant, set)
      const { log, logger } = capturedLog()
      const calls = scriptCalls(database, tenant, { logger })
      const error = await calls.call('secrets.get', 'API_KEY').catch((thrown) => thrown)
      expect(error).toMatchObject(unreadable)
      expect(calls.secrets).toEqual([])
      expect(log).toMatchObject([{ level: 'error', secret: 'API_KEY', tenant_id: tenant.id }])
      expect(JSON.stringify([log, error.message, String(error.stack)])).not.toContain('some length')
    })
  })

  describe('after a change of the key', () => {
    test('are read with the key that was in force before, until all are re-encrypted', async () => {
      const tenant = await givenTenant(database)
      await store(tenant, {}, { keys: oldKeys })
      expect(await readAs(tenant, 'API_KEY', null, newKeys)).toBe('a value of some length')
      await rotateSecrets(database.node, newKeys)
      const onlyNew = createSecretKeys('the secret as it is now, after the change')
      expect(await readAs(tenant, 'API_KEY', null, onlyNew)).toBe('a value of some length')
      await expect(readAs(tenant, 'API_KEY', null, oldKeys)).rejects.toMatchObject({
        code: 'secret_unreadable',
      })
    })

    test('an interrupted re-encryption goes on where it was, and leaves what is set meanwhile', async () => {
      const tenant = await givenTenant(database)
      const names = Array.from({ length: 130 }, (_, n) => `S${String(n).padStart(3, '0')}`)
      await Promise.all(
        names.map((name) => store(tenant, { name, value: `value of ${name}` }, { keys: oldKeys })),
      )
      const interrupted = rotateSecrets(database.node, newKeys, () => {
        throw new Error('interrupted')
      })
      await expect(interrupted).rejects.toThrow('interrupted')
      const under = async (keys: typeof newKeys) =>
        (
          await asOwner(
            database,
            'select from pgscript_private.secret_values where tenant_id = $1 and key_id = $2',
            [tenant.id, keys.currentId],
          )
        ).length
      expect(await under(newKeys)).toBeGreaterThan(0)
      expect(await under(oldKeys)).toBeGreaterThan(0)
      for (const name of ['S000', 'S129'])
        expect(await readAs(tenant, name, null, newKeys)).toBe(`value of ${name}`)

      await store(tenant, { name: 'S129', value: 'set meanwhile' }, { keys: newKeys })
      const { unreadable } = await rotateSecrets(database.node, newKeys)
      expect(unreadable.filter(({ tenant_id }) => tenant_id === tenant.id)).toEqual([])
      expect(await under(oldKeys)).toBe(0)
      expect(await readAs(tenant, 'S100', null, newKeys)).toBe('value of S100')
      expect(await readAs(tenant, 'S129', null, newKeys)).toBe('set meanwhile')
    })

    test('are left as they are where no key opens them', async () => {
      const tenant = await givenTenant(database)
      await store(tenant, {}, { keys: createSecretKeys('a secret that nobody has any more, sadly') })
      const { unreadable } = await rotateSecrets(database.node, newKeys)
      expect(unreadable).toContainEqual({ tenant_id: tenant.id, name: 'API_KEY', key_id: expect.any(String) })
    })
  })
})
