import { describe, expect, test } from 'vitest'

import { eventsOf } from '../support/given-event-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { scriptCalls } from '../support/script-calls.ts'
import { useDatabase } from '../support/use-database.ts'

describe('events.publish', () => {
  const database = useDatabase()

  test('publishes any JSON, an empty object where nothing is given', async () => {
    const tenant = await givenTenant(database)
    const { call } = scriptCalls(database, tenant)
    for (const args of [[], [null], [5], [[1, 'a']], [{ a: { b: '😀' } }]])
      await call('events.publish', 'a.b', ...args)
    expect((await eventsOf(database, tenant)).map(({ payload }) => payload)).toEqual([
      {},
      null,
      5,
      [1, 'a'],
      { a: { b: '😀' } },
    ])
  })

  const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))

  test.each<[string, unknown[], RegExp]>([
    ['no type', [], /^events\.publish: type:/],
    ['a number', [5], /type:/],
    ['a type with NUL', ['a.b\0'], /type: .* control character/],
    ['half of a surrogate pair', ['a.b', { a: '\ud800' }], /payload: .* surrogate/],
    ['a NUL in the payload', ['a.b', { a: ['\0'] }], /payload: .* NUL/],
    ['a payload nested too deeply', ['a.b', deep(2_000)], /nested/],
    ['a key that is a number', ['a.b', {}, { idempotencyKey: 5 }], /idempotencyKey:/],
    ['a key with NUL', ['a.b', {}, { idempotencyKey: 'a\0' }], /idempotencyKey:/],
    ['an option that is not there', ['a.b', {}, { idempotency_key: 'a' }], /no option "idempotency_key"/],
    ['options that are none', ['a.b', {}, 'key'], /options must be/],
    ['too many arguments', ['a.b', {}, {}, 1], /takes 3 arguments/],
  ])('%s is an error that says so, and publishes nothing', async (_, args, message) => {
    const tenant = await givenTenant(database)
    await expect(scriptCalls(database, tenant).call('events.publish', ...args)).rejects.toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringMatching(message),
      retryable: false,
    })
    expect(await eventsOf(database, tenant)).toEqual([])
  })

  test('fails, to be tried again, where a quota of events is used up', async () => {
    const tenant = await givenTenant(database)
    await database.owner.query(`select pgscript.upsert_tenant($1, quotas => '{"events_per_minute": 1}')`, [
      tenant.key,
    ])
    const { call } = scriptCalls(database, tenant)
    await call('events.publish', 'a.b')
    await expect(call('events.publish', 'a.c')).rejects.toMatchObject({
      code: 'quota_exceeded',
      retryable: true,
    })
    expect(await eventsOf(database, tenant)).toMatchObject([
      { type: 'a.b', status: 'accepted' },
      { type: 'a.c', status: 'refused' },
    ])
  })
})
