import { describe, expect, test } from 'vitest'

import { transaction } from '../../src/database/database.ts'
import { forgetExpiredCache } from '../../src/queue/forget-expired-cache.ts'
import { asOwner } from '../support/call.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { scriptCalls } from '../support/script-calls.ts'
import { until } from '../support/until.ts'
import { useDatabase } from '../support/use-database.ts'
import { countBlocked } from '../support/use-ledger.ts'

describe('cache', () => {
  const database = useDatabase()
  const open = async (limits: Record<string, number> = {}) => {
    const tenant = await givenTenant(database)
    return { tenant, ...scriptCalls(database, tenant, { limits }) }
  }
  /** As if so much time had passed for the tenant's entries, by the database's clock. */
  const age = async ({ id }: GivenTenant, seconds: number) =>
    await asOwner(
      database,
      `update pgscript_engine.cache_entries set expires_at = expires_at - make_interval(secs => $2)
       where tenant_id = $1`,
      [id, seconds],
    )
  const usage = async ({ id }: GivenTenant) => {
    const [row] = await asOwner<{ counted: string; held: string; entries: number }>(
      database,
      `select coalesce((select bytes from pgscript_engine.cache_usage where tenant_id = $1), 0) as counted,
         coalesce(sum(bytes), 0) as held, count(*)::int as entries
       from pgscript_engine.cache_entries where tenant_id = $1`,
      [id],
    )
    expect(row?.counted).toBe(row?.held)
    return { bytes: Number(row?.counted), entries: row?.entries }
  }

  test.each([['text'], [0], [null], [{ a: [1, { b: 2 }] }]])('gives back %j', async (value) => {
    const { call } = await open()
    expect(await call('cache.get', 'key')).toBeNull()
    expect(await call('cache.set', 'key', value)).toBeNull()
    expect(await call('cache.get', 'key')).toEqual(value)
    expect(await call('cache.exists', 'key')).toBe(true)
    expect(await call('cache.delete', 'key')).toBe(true)
    expect(await call('cache.delete', 'key')).toBe(false)
    expect(await call('cache.exists', 'key')).toBe(false)
  })

  test('is of one script of one tenant', async () => {
    const { tenant, call } = await open()
    const [script, another] = [crypto.randomUUID(), crypto.randomUUID()]
    const one = scriptCalls(database, tenant, { scriptId: script })
    const two = scriptCalls(database, tenant, { scriptId: another })
    const theirs = scriptCalls(database, await givenTenant(database), { scriptId: script })
    await one.call('cache.set', 'key', 'one')
    for (const other of [{ call }, two, theirs]) {
      expect(await other.call('cache.get', 'key')).toBeNull()
      expect(await other.call('cache.delete', 'key')).toBe(false)
      expect(await other.call('cache.expire', 'key', 5)).toBe(false)
      expect(await other.call('cache.increment', 'key', 1)).toBe(1)
    }
    expect(await one.call('cache.get', 'key')).toBe('one')
  })

  test('ends what is cached when its time is over, at once', async () => {
    const { tenant, call } = await open()
    await call('cache.set', 'short', 1, { ttlSeconds: 10 })
    await call('cache.set', 'long', 1, { ttlSeconds: 100 })
    await age(tenant, 11)
    expect(await call('cache.get', 'short')).toBeNull()
    expect(await call('cache.exists', 'short')).toBe(false)
    expect(await call('cache.expire', 'short', 100)).toBe(false)
    expect(await call('cache.delete', 'short')).toBe(false)
    expect(await call('cache.get', 'long')).toBe(1)
  })

  test('lets a key live longer or shorter', async () => {
    const { tenant, call } = await open()
    await call('cache.set', 'key', 1, { ttlSeconds: 10 })
    expect(await call('cache.expire', 'key', 100)).toBe(true)
    await age(tenant, 11)
    expect(await call('cache.get', 'key')).toBe(1)
    expect(await call('cache.expire', 'key', 1)).toBe(true)
    await age(tenant, 1)
    expect(await call('cache.get', 'key')).toBeNull()
  })

  test('removes what has ended, and counts it off', async () => {
    const { tenant, call } = await open()
    await call('cache.set', 'ended', 'x'.repeat(100), { ttlSeconds: 10 })
    await call('cache.set', 'kept', 1, { ttlSeconds: 100 })
    await age(tenant, 11)
    expect(await forgetExpiredCache(database.node)).toBeGreaterThanOrEqual(1)
    expect(await usage(tenant)).toEqual({ bytes: 5, entries: 1 })
    expect(await call('cache.get', 'kept')).toBe(1)
  })

  describe('increment', () => {
    test('counts from 0, up and down', async () => {
      const { call } = await open()
      expect(await call('cache.increment', 'n', 5)).toBe(5)
      expect(await call('cache.increment', 'n', -7)).toBe(-2)
      expect(await call('cache.increment', 'n')).toBe(-1)
      expect(await call('cache.get', 'n')).toBe(-1)
    })

    test('begins anew when the time is over, which counting does not prolong', async () => {
      const { tenant, call } = await open()
      await call('cache.increment', 'n', 1, { ttlSeconds: 10 })
      await call('cache.increment', 'n', 1, { ttlSeconds: 1000 })
      await age(tenant, 11)
      expect(await call('cache.increment', 'n', 1, { ttlSeconds: 10 })).toBe(1)
      await age(tenant, 9)
      expect(await call('cache.increment', 'n', 1)).toBe(2)
    })

    test('loses no count when two connections count at once', async () => {
      const { tenant, call } = await open()
      await call('cache.increment', 'n', 1)
      let counted: Promise<unknown> | undefined
      await transaction(database.node, async (client) => {
        await client.query('select pgscript_engine.cache_increment($1, $2, $3, $4, 1, 60, 1000000)', [
          database.node.capability,
          tenant.id,
          '00000000-0000-0000-0000-000000000000',
          'n',
        ])
        counted = call('cache.increment', 'n', 1)
        await until(async () => (await countBlocked(database)) > 0)
      })
      expect(await counted).toBe(3)
    })

    test('loses no count among many', async () => {
      const { tenant, call } = await open()
      const answers = await Promise.all(Array.from({ length: 40 }, () => call('cache.increment', 'n', 1)))
      expect(answers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, place) => place + 1))
      await usage(tenant)
    })

    test.each([['text'], [true], [null], [{}], [1.5], [Number.MAX_SAFE_INTEGER]])(
      'refuses to add to %j',
      async (value) => {
        const { call } = await open()
        await call('cache.set', 'key', value)
        await expect(call('cache.increment', 'key', 1)).rejects.toMatchObject({ code: 'not_a_number' })
        expect(await call('cache.get', 'key')).toEqual(value)
      },
    )
  })

  describe('when it is full', () => {
    test('takes out what ends soonest, never what was just set', async () => {
      const { tenant, call } = await open({ cache_bytes: 1000 })
      await call('cache.set', 'b', 'x'.repeat(298), { ttlSeconds: 20 })
      await call('cache.set', 'a', 'x'.repeat(298), { ttlSeconds: 10 })
      await call('cache.set', 'c', 'x'.repeat(298), { ttlSeconds: 30 })
      await call('cache.set', 'd', 'x'.repeat(298), { ttlSeconds: 5 })
      expect(await call('cache.exists', 'a')).toBe(false)
      for (const key of ['b', 'c', 'd']) expect(await call('cache.exists', key)).toBe(true)
      expect((await usage(tenant)).bytes).toBeLessThanOrEqual(1000)
    })

    test('refuses what does not fit at all, and keeps the rest', async () => {
      const { tenant, call } = await open({ cache_bytes: 500 })
      await call('cache.set', 'a', 'x'.repeat(100))
      await expect(call('cache.set', 'b', 'x'.repeat(600))).rejects.toMatchObject({ code: 'cache_full' })
      expect(await call('cache.exists', 'a')).toBe(true)
      expect((await usage(tenant)).entries).toBe(1)
    })

    test('says nothing to other tenants', async () => {
      const ours = await open({ cache_bytes: 300 })
      const theirs = await open({ cache_bytes: 300 })
      await theirs.call('cache.set', 'a', 'x'.repeat(200))
      for (const key of ['a', 'b', 'c']) await ours.call('cache.set', key, 'x'.repeat(200))
      expect(await theirs.call('cache.exists', 'a')).toBe(true)
    })
  })

  test('waits for no disk: nothing that it writes is logged', async () => {
    const { rows } = await database.owner.query(
      `select relname from pg_class
       where relname ~ '^cache_(entries|usage)' and relkind in ('r', 'i') and relpersistence <> 'u'`,
    )
    expect(rows).toEqual([])
  })

  test.each<[name: string, ...args: unknown[]]>([
    ['cache.get', {}],
    ['cache.set', 'key', 'a\0b'],
    ['cache.set', 'key', 1, { ttlSeconds: 0 }],
    ['cache.set', 'key', 1, { ttlSeconds: 2_592_001 }],
    ['cache.set', 'key', 1, { ttlSeconds: '5' }],
    ['cache.set', 'key', 1, { ttl: 5 }],
    ['cache.set', 'key', 1, 5],
    ['cache.increment', 'key', 1.5],
    ['cache.increment', 'key', '1'],
    ['cache.increment', 'key', 2 ** 53],
    ['cache.expire', 'key'],
    ['cache.expire', 'key', -1],
    ['cache.exists', 'x'.repeat(501)],
  ])('refuses %s%j', async (name, ...args) => {
    const { call } = await open()
    await expect(call(name, ...args)).rejects.toMatchObject({ code: 'invalid_arguments' })
  })

  test('refuses a value beyond the limit', async () => {
    const { call } = await open({ value_bytes: 50 })
    await expect(call('cache.set', 'key', 'x'.repeat(60))).rejects.toMatchObject({ code: 'value_too_large' })
  })
})
