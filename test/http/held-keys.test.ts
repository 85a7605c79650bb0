import { describe, expect, test } from 'vitest'

import { givenApiKey } from '../support/given-api-key.ts'
import { eventsOf } from '../support/given-event-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { scriptCalls } from '../support/script-calls.ts'
import { useNode } from '../support/use-node.ts'

describe('an idempotency key that a transaction holds which does not end', () => {
  const node = useNode()

  test('is an answer to try again, and takes no connection from anybody else', async () => {
    const { database } = node
    const [tenant, other] = [await givenTenant(database), await givenTenant(database)]
    const [key, otherKey] = [await givenApiKey(database, tenant), await givenApiKey(database, other)]
    const holder = await database.owner.connect()
    try {
      await holder.query('begin')
      await holder.query(
        "insert into pgscript.events (tenant_key, type, idempotency_key) values ($1, 'a.b', 'held')",
        [tenant.key],
      )
      const held = Array.from({ length: 12 }, () =>
        node.ask('/api/events', { key, json: { type: 'a.b', idempotencyKey: 'held' } }),
      )
      let given = 0
      for (const answer of held) answer.finally(() => (given += 1))
      const free = await Promise.all(
        Array.from({ length: 12 }, () => node.ask('/api/events', { key: otherKey, json: { type: 'a.b' } })),
      )
      expect(new Set(free.map(({ status }) => status))).toEqual(new Set([202]))
      expect((await node.ask('/health/ready')).status).toBe(200)
      // Not when the others had given their connections back.
      expect(given).toBe(0)
      for (const { status, body } of await Promise.all(held)) {
        expect(status).toBe(409)
        expect(body.error).toMatchObject({ code: 'idempotency_key_in_use', field: 'idempotencyKey' })
      }
      const { call } = scriptCalls(database, tenant)
      await expect(call('events.publish', 'a.b', {}, { idempotencyKey: 'held' })).rejects.toMatchObject({
        code: 'idempotency_key_in_use',
        retryable: true,
      })
    } finally {
      await holder.query('commit')
      holder.release()
    }
    const again = await node.ask('/api/events', { key, json: { type: 'a.b', idempotencyKey: 'held' } })
    const [event] = await eventsOf(database, tenant)
    expect(again).toMatchObject({ status: 202, body: { id: event?.id, status: 'accepted' } })
  })
})
