import { describe, expect, test } from 'vitest'

import type { RunScope } from '../../src/bindings/binding.ts'
import { createRateLimiter } from '../../src/bindings/rates.ts'
import type { Database } from '../../src/database/database.ts'
import { asOwner } from '../support/call.ts'
import { givenScript } from '../support/given-script.ts'
import { type GivenTenant, givenTenant, onlyRow } from '../support/given-tenant.ts'
import { scriptCalls } from '../support/script-calls.ts'
import { until } from '../support/until.ts'
import { useDatabase } from '../support/use-database.ts'
import { givenNode } from '../support/use-ledger.ts'

describe('API calls per minute', () => {
  const database = useDatabase()

  const givenRates = async (rates: Record<string, number>): Promise<GivenTenant> => {
    const tenant = await givenTenant(database)
    await setRates(tenant, rates)
    return tenant
  }
  const setRates = async ({ key }: GivenTenant, rates: Record<string, number>) =>
    await asOwner(database, 'select pgscript.upsert_tenant($1, quotas => $2)', [
      key,
      { api_calls_per_minute: rates },
    ])
  const runOf = (tenant: GivenTenant, changes: Partial<RunScope> = {}): RunScope => ({
    ...scriptCalls(database, tenant).run,
    // Before the minute's end, whenever the test runs: a wait would be for nothing.
    deadline: performance.now(),
    ...changes,
  })
  /** How many of so many calls are let in. */
  const admitted = async (
    limiter: ReturnType<typeof createRateLimiter>,
    run: RunScope,
    calls: number,
    kind = 'http',
  ) => {
    const answers = await Promise.allSettled(Array.from({ length: calls }, () => limiter.admit(run, kind)))
    for (const answer of answers)
      if (answer.status === 'rejected')
        expect(answer.reason).toMatchObject({ code: 'rate_limited', retryable: true })
    return answers.filter(({ status }) => status === 'fulfilled').length
  }
  /** What is reserved now is for a minute far ahead: the minute of a test does not end within it. */
  const holdMinute = async (
    tenant: GivenTenant,
    rate = 'http',
    scriptId = '00000000-0000-0000-0000-000000000000',
  ) =>
    await asOwner(
      database,
      `insert into pgscript_engine.api_call_windows (tenant_id, script_id, kind, minute, reserved)
       values ($1, $2, $3, date_trunc('minute', now()) + interval '1 hour', 0)`,
      [tenant.id, scriptId, rate],
    )
  const endMinute = async (tenant: GivenTenant) =>
    await asOwner(
      database,
      "update pgscript_engine.api_call_windows set minute = '-infinity' where tenant_id = $1",
      [tenant.id],
    )
  const reserved = async (tenant: GivenTenant) =>
    Number(
      (
        await asOwner<{ n: string }>(
          database,
          'select sum(reserved) as n from pgscript_engine.api_call_windows where tenant_id = $1',
          [tenant.id],
        )
      )[0]?.n,
    )

  test('are let in up to the limit and no further', async () => {
    const tenant = await givenRates({ http: 37 })
    await holdMinute(tenant)
    const limiter = createRateLimiter(database.node)
    expect(await admitted(limiter, runOf(tenant), 20)).toBe(20)
    expect(await admitted(limiter, runOf(tenant), 30)).toBe(17)
    expect(await admitted(limiter, runOf(tenant), 1)).toBe(0)
  })

  test('are limited by kind, and without a limit not at all', async () => {
    const tenant = await givenRates({ http: 1, db: 0 })
    await holdMinute(tenant)
    await holdMinute(tenant, 'db')
    const limiter = createRateLimiter(database.node)
    expect(await admitted(limiter, runOf(tenant), 3)).toBe(1)
    expect(await admitted(limiter, runOf(tenant), 1, 'db')).toBe(0)
    expect(await admitted(limiter, runOf(tenant), 100, 'cache')).toBe(100)
    expect(await admitted(limiter, runOf(await givenTenant(database)), 100)).toBe(100)
  })

  test('share one limit over two nodes, which together never exceed it', async () => {
    const tenant = await givenRates({ http: 500 })
    await holdMinute(tenant)
    const nodes: Database[] = [
      await givenNode(database, `rates-1-${tenant.id}`),
      await givenNode(database, `rates-2-${tenant.id}`),
    ]
    const limiters = nodes.map((node) => createRateLimiter(node))
    const rounds = []
    for (let round = 0; round < 15; round += 1)
      rounds.push(...(await Promise.all(limiters.map((limiter) => admitted(limiter, runOf(tenant), 20)))))
    // All that was there to be had, but for what a node may hold in reserve.
    const total = rounds.reduce((sum, count) => sum + count, 0)
    expect(total).toBeLessThanOrEqual(500)
    expect(total).toBeGreaterThanOrEqual(480)
    expect(await reserved(tenant)).toBe(500)
  })

  test('ask the database once for many', async () => {
    const tenant = await givenRates({ http: 5000 })
    await holdMinute(tenant)
    let asked = 0
    const pool = new Proxy(database.node.pool, {
      get: (target, property) => {
        if (property === 'query') asked += 1
        const value = Reflect.get(target, property)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const limiter = createRateLimiter({ ...database.node, pool })
    for (let call = 0; call < 100; call += 1) await limiter.admit(runOf(tenant), 'http')
    expect(asked).toBe(2)
  })

  test('wait for the next minute where the run has the time, then go on', async () => {
    const tenant = await givenRates({ http: 2 })
    await holdMinute(tenant)
    const pauses: (() => void)[] = []
    const limiter = createRateLimiter(database.node, {
      pause: (milliseconds) => {
        expect(milliseconds).toBeGreaterThan(0)
        return new Promise((resolve) => pauses.push(resolve))
      },
    })
    const patient = runOf(tenant, { deadline: performance.now() + 1e9 })
    expect(await admitted(limiter, patient, 2)).toBe(2)
    const waiting = limiter.admit(patient, 'http')
    await until(() => pauses.length === 1)
    await endMinute(tenant)
    for (const resume of pauses) resume()
    await waiting
    expect(await reserved(tenant)).toBe(1)
  })

  test('stop waiting when the run is over', async () => {
    const tenant = await givenRates({ http: 0 })
    await holdMinute(tenant)
    const over = new AbortController()
    const run = runOf(tenant, { deadline: performance.now() + 1e9, signal: over.signal })
    const waiting = createRateLimiter(database.node).admit(run, 'http')
    const refused = expect(waiting).rejects.toMatchObject({ code: 'rate_limited' })
    await until(async () => (await reserved(tenant)) === 0)
    over.abort()
    await refused
  })

  test('of a script are within its own limit too, and use up none of the tenant’s while they may not be made', async () => {
    const tenant = await givenRates({ http: 10 })
    const script = await givenScript(database, tenant)
    const save = async (rates: unknown) =>
      await asOwner(database, 'select pgscript.save_script($1, $2, limits => $3)', [
        tenant.key,
        script.name,
        { api_calls_per_minute: rates },
      ])
    await save({ http: 3 })
    await holdMinute(tenant)
    await holdMinute(tenant, 'http', script.id)
    const limiter = createRateLimiter(database.node)
    // The version that runs has no limit of its own yet.
    expect(await admitted(limiter, runOf(tenant, { scriptId: script.id }), 2)).toBe(2)
    await database.owner.query('select pgscript_engine.record_check($1, $2, 2, $3, $4)', [
      tenant.id,
      script.id,
      'accepted',
      '[]',
    ])
    await asOwner(database, 'select pgscript.activate_script($1, $2)', [tenant.key, script.name])
    const fresh = createRateLimiter(database.node)
    expect(await admitted(fresh, runOf(tenant, { scriptId: script.id }), 8)).toBe(3)
    expect(await admitted(fresh, runOf(tenant), 10)).toBe(5)
    await expect(save({ ftp: 3 })).rejects.toMatchObject({
      code: 'invalid_rates',
      field: 'limits.api_calls_per_minute.ftp',
    })
  })

  test('follow a limit that is changed, and one that is taken away', async () => {
    const tenant = await givenRates({ http: 1 })
    await holdMinute(tenant)
    const limiter = createRateLimiter(database.node, { ttlMs: 1 })
    expect(await admitted(limiter, runOf(tenant), 2)).toBe(1)
    await setRates(tenant, { http: 3 })
    expect(await admitted(limiter, runOf(tenant), 5)).toBe(2)
    await setRates(tenant, {})
    expect(await admitted(limiter, runOf(tenant), 50)).toBe(50)
  })

  test('reserved for one minute are void in the next', async () => {
    const tenant = await givenRates({ http: 1000 })
    const reserve = async () =>
      onlyRow(
        (
          await database.node.pool.query<{ granted: number; ends_in_ms: number }>(
            "select granted, ends_in_ms from pgscript_engine.reserve_api_calls($1, $2, $3, 'http', 50)",
            [database.node.capability, tenant.id, '00000000-0000-0000-0000-000000000000'],
          )
        ).rows,
      )
    const first = await reserve()
    expect(first.granted).toBe(50)
    expect(first.ends_in_ms).toBeGreaterThan(0)
    expect(first.ends_in_ms).toBeLessThanOrEqual(60_000)
    await endMinute(tenant)
    await reserve()
    expect(await reserved(tenant)).toBe(50)
  })

  test('stand before every call of a script', async () => {
    const tenant = await givenRates({ storage: 2 })
    await holdMinute(tenant, 'storage')
    const calls = scriptCalls(database, tenant)
    calls.run.deadline = performance.now()
    await calls.call('storage.get', 'a')
    await calls.call('storage.get', 'a')
    await expect(calls.call('storage.get', 'a')).rejects.toMatchObject({
      code: 'rate_limited',
      retryable: true,
    })
    expect(await calls.call('cache.get', 'a')).toBeNull()
  })

  test.each([
    ['[]', 'quotas.api_calls_per_minute'],
    ['5', 'quotas.api_calls_per_minute'],
    ['{"ftp": 5}', 'quotas.api_calls_per_minute.ftp'],
    ['{"http": -1}', 'quotas.api_calls_per_minute.http'],
    ['{"http": 1.5}', 'quotas.api_calls_per_minute.http'],
    ['{"http": "5"}', 'quotas.api_calls_per_minute.http'],
    ['{"http": 1000001}', 'quotas.api_calls_per_minute.http'],
  ])('are no limit as %s', async (rates, field) => {
    await expect(
      asOwner(database, 'select pgscript.upsert_tenant($1, quotas => $2)', [
        'wrong rates',
        `{"api_calls_per_minute": ${rates}}`,
      ]),
    ).rejects.toMatchObject({ code: 'invalid_rates', status: 422, field })
  })
})
