import { describe, expect, test } from 'vitest'

import { asOwner } from '../support/call.ts'
import { type GivenTenant, givenTenant, onlyRow } from '../support/given-tenant.ts'
import { scriptCalls } from '../support/script-calls.ts'
import { useDatabase } from '../support/use-database.ts'

describe('storage', () => {
  const database = useDatabase()
  const open = async (limits?: Record<string, number>) => {
    const tenant = await givenTenant(database)
    return { tenant, ...scriptCalls(database, tenant, limits && { limits }) }
  }
  const storedBytes = async ({ id }: GivenTenant) =>
    Number(
      (
        await asOwner<{ bytes: string }>(database, 'select pgscript_engine.stored_bytes($1) as bytes', [id])
      )[0]?.bytes,
    )

  test.each([['text'], [0], [-1.5], [true], [null], [[1, [2]]], [{ a: { b: [null] } }], ['']])(
    'gives back %j as it was set',
    async (value) => {
      const { call } = await open()
      await call('storage.set', 'key', value)
      expect(await call('storage.get', 'key')).toEqual(value)
      expect(await call('storage.exists', 'key')).toBe(true)
    },
  )

  test('gives null for what is not there, and says so', async () => {
    const { call } = await open()
    expect(await call('storage.get', 'nothing')).toBeNull()
    expect(await call('storage.exists', 'nothing')).toBe(false)
    expect(await call('storage.delete', 'nothing')).toBe(false)
  })

  test('forgets what is deleted', async () => {
    const { call } = await open()
    await call('storage.set', 'key', 1)
    expect(await call('storage.delete', 'key')).toBe(true)
    expect(await call('storage.exists', 'key')).toBe(false)
  })

  test('is of the tenant: its other scripts see it, other tenants do not', async () => {
    const { tenant, call } = await open()
    await call('storage.set', 'key', 'ours')
    const other = scriptCalls(database, tenant, { scriptId: crypto.randomUUID() })
    expect(await other.call('storage.get', 'key')).toBe('ours')
    const theirs = await open()
    expect(await theirs.call('storage.get', 'key')).toBeNull()
    expect(await theirs.call('storage.delete', 'key')).toBe(false)
    expect((await theirs.call('storage.list')).keys).toEqual([])
    expect(await call('storage.get', 'key')).toBe('ours')
  })

  test.each(['__proto__', 'constructor', "'; drop table x; --", 'ключ', '🔑', '%', '_', '\\', ' '])(
    'takes %j for a key like any other',
    async (key) => {
      const { call } = await open()
      await call('storage.set', key, { key })
      expect(await call('storage.get', key)).toEqual({ key })
      expect(await call('storage.list', { prefix: key })).toEqual({ keys: [key], next: null })
    },
  )

  test('keeps fields named __proto__', async () => {
    const { call } = await open()
    await call('storage.set', 'key', JSON.parse('{"__proto__": {"x": 1}}'))
    expect(JSON.stringify(await call('storage.get', 'key'))).toBe('{"__proto__":{"x":1}}')
  })

  test('lists keys by prefix, page by page', async () => {
    const { call } = await open()
    for (const key of ['a', 'b/1', 'b/2', 'b/3', 'b%', 'c']) await call('storage.set', key, 1)
    expect(await call('storage.list')).toEqual({ keys: ['a', 'b%', 'b/1', 'b/2', 'b/3', 'c'], next: null })
    const first = await call('storage.list', { prefix: 'b/', limit: 2 })
    expect(first).toEqual({ keys: ['b/1', 'b/2'], next: 'b/2' })
    expect(await call('storage.list', { prefix: 'b/', limit: 2, after: first.next })).toEqual({
      keys: ['b/3'],
      next: null,
    })
  })

  test.each<[name: string, ...args: unknown[]]>([
    ['storage.get'],
    ['storage.get', 1],
    ['storage.get', ''],
    ['storage.get', 'x'.repeat(501)],
    ['storage.get', 'a\0b'],
    ['storage.get', 'a\nb'],
    ['storage.get', '\ud800'],
    ['storage.get', 'key', 'more'],
    ['storage.set', 'key', 'a\0b'],
    ['storage.set', 'key', { a: ['\udfff'] }],
    ['storage.set', 'key', { 'a\0': 1 }],
    ['storage.set', 'key', JSON.parse('['.repeat(101) + ']'.repeat(101))],
    ['storage.list', { limit: 0 }],
    ['storage.list', { limit: 1001 }],
    ['storage.list', { limit: 1.5 }],
    ['storage.list', { prefix: 5 }],
    ['storage.list', { start: 'a' }],
    ['storage.list', 'a'],
  ])('refuses %s%j', async (name, ...args) => {
    const { call } = await open()
    await expect(call(name, ...args)).rejects.toMatchObject({
      code: 'invalid_arguments',
      retryable: false,
      message: expect.stringMatching(new RegExp(`^${name}: `)),
    })
  })

  test('refuses a value beyond the limit', async () => {
    const { call } = await open({ value_bytes: 100 })
    await call('storage.set', 'key', 'x'.repeat(98))
    await expect(call('storage.set', 'key', 'x'.repeat(99))).rejects.toMatchObject({
      code: 'value_too_large',
    })
    await expect(call('storage.set', 'key', 'é'.repeat(50))).rejects.toMatchObject({
      code: 'value_too_large',
    })
  })

  test('counts towards the stored bytes of the tenant, which have an end', async () => {
    const { tenant, call } = await open()
    const { rows } = await database.owner.query(
      `select pgscript.upsert_tenant($1, quotas => '{"stored_bytes": 1000}')`,
      [tenant.key],
    )
    onlyRow(rows)
    await call('storage.set', 'a', 'x'.repeat(500))
    expect(await storedBytes(tenant)).toBe(503)
    await expect(call('storage.set', 'b', 'x'.repeat(500))).rejects.toMatchObject({
      code: 'quota_exceeded',
      retryable: true,
    })
    expect(await call('storage.exists', 'b')).toBe(false)
    expect(await storedBytes(tenant)).toBe(503)
    await call('storage.set', 'a', 'x')
    expect(await storedBytes(tenant)).toBe(4)
    await call('storage.set', 'b', 'x'.repeat(500))
    await call('storage.delete', 'b')
    await call('storage.delete', 'a')
    expect(await storedBytes(tenant)).toBe(0)
  })

  test('is counted when executions are asked for', async () => {
    const { tenant, call } = await open()
    await call('storage.set', 'a', 'x'.repeat(500))
    await expect(
      asOwner(database, `select pgscript_engine.check_quotas($1, '{"stored_bytes": 400}', 1)`, [tenant.id]),
    ).rejects.toMatchObject({ code: 'quota_exceeded', field: 'stored_bytes' })
    await asOwner(database, `select pgscript_engine.check_quotas($1, '{"stored_bytes": 600}', 1)`, [
      tenant.id,
    ])
  })

  test('keeps nothing for a run without a tenant', async () => {
    const { call } = scriptCalls(database, { id: '00000000-0000-0000-0000-000000000000', key: 'none' })
    await expect(call('storage.set', 'a', 1)).rejects.toMatchObject({ code: 'tenant_not_found' })
    expect(await call('storage.get', 'a')).toBeNull()
  })

  test('is for registered nodes only', async () => {
    const { tenant } = await open()
    const stranger = scriptCalls(database, tenant, { node: { ...database.node, capability: 'guessed' } })
    for (const name of ['storage.get', 'storage.delete'])
      await expect(stranger.call(name, 'a')).rejects.toMatchObject({ code: 'internal_error' })
    await expect(stranger.call('storage.set', 'a', 1)).rejects.toMatchObject({ code: 'internal_error' })
    await expect(stranger.call('storage.list')).rejects.toMatchObject({ code: 'internal_error' })
  })
})
