import { beforeAll, describe, expect, test } from 'vitest'

import { executionsOf, whenFinished } from '../support/executions-of.ts'
import { givenApiKey } from '../support/given-api-key.ts'
import { deliveriesOf, eventsOf, givenEventScript, insertEvent } from '../support/given-event-script.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { until } from '../support/until.ts'
import { useNode } from '../support/use-node.ts'

describe('events, with a node', () => {
  const node = useNode()
  let tenant: GivenTenant
  let key: string

  beforeAll(async () => {
    tenant = await givenTenant(node.database)
    key = await givenApiKey(node.database, tenant, ['scripts.execute'])
  })

  const post = (json: unknown, apiKey = key) => node.ask('/api/events', { json, key: apiKey })
  /** Its executions, the one of the last event first. */
  const lastOf = async (of: GivenTenant) => (await whenFinished(node.database, of)).at(-1)

  test('an inserted row makes a script run, which knows the event', async () => {
    const own = await givenTenant(node.database)
    await givenEventScript(
      node.database,
      own,
      { events: ['order.created'] },
      { source: 'export default (order, { trigger }) => ({ total: order.total, trigger })' },
    )
    await insertEvent(node.database, own, 'order.created', { total: 120 })
    const [event] = await eventsOf(node.database, own)
    expect(await lastOf(own)).toMatchObject({
      status: 'completed',
      output: { total: 120, trigger: { type: 'event', event: { id: event?.id, type: 'order.created' } } },
    })
  })

  test('POST /api/events publishes one, or many in one transaction', async () => {
    const one = await post({ type: 'user.created', payload: { name: 'Ann' }, idempotencyKey: 'u1' })
    expect(one).toMatchObject({ status: 202, body: { id: expect.any(String), status: 'accepted' } })
    expect((await post({ type: 'user.created', idempotencyKey: 'u1' })).body).toEqual(one.body)
    const many = await post({
      events: [{ type: 'a.b' }, { type: 'Not A Type' }, { type: 'c.d', payload: null }],
    })
    expect(many).toMatchObject({
      status: 202,
      body: {
        events: [
          { status: 'accepted' },
          {
            status: 'refused',
            error: { code: 'invalid_event_type', message: expect.stringMatching(/^type: /) },
          },
          { status: 'accepted' },
        ],
      },
    })
    expect((await eventsOf(node.database, tenant)).map(({ type, payload }) => [type, payload])).toEqual([
      ['user.created', { name: 'Ann' }],
      ['a.b', {}],
      ['Not A Type', {}],
      ['c.d', null],
    ])
  })

  test.each<[unknown, number, string, string]>([
    [{ payload: {} }, 422, 'invalid_input', 'type'],
    [{ type: 7 }, 422, 'invalid_input', 'type'],
    [{ type: 'a.b', extra: 1 }, 422, 'invalid_input', 'extra'],
    [{ type: 'a.b', payload: '\u0000' }, 422, 'invalid_input', 'payload'],
    [{ events: [] }, 422, 'invalid_input', 'events'],
    [{ events: [{ type: 'a.b' }, {}] }, 422, 'invalid_input', 'events.1.type'],
    [{ events: [{ type: 'a.b', payload: '\u0000' }] }, 422, 'invalid_input', 'events.0.payload'],
    [{ type: 'Not A Type', strict: true }, 422, 'invalid_event_type', 'type'],
    [{ events: [{ type: 'a.b' }, { type: 'No' }], strict: true }, 422, 'invalid_event_type', 'events.1.type'],
    [[], 422, 'invalid_input', ''],
  ])('POST /api/events answers %j with %i %s', async (json, status, code, field) => {
    const reply = await post(json)
    expect(reply).toMatchObject({ status, body: { error: { code } } })
    if (field) expect(reply.body.error.field).toBe(field)
  })

  test('POST /api/events needs a key with scripts.execute', async () => {
    const reader = await givenApiKey(node.database, tenant, ['executions.read'])
    expect(await post({ type: 'a.b' }, reader)).toMatchObject({ status: 403 })
    expect(await post({ type: 'a.b' }, 'pgs_no_such_key')).toMatchObject({ status: 401 })
  })

  test('a script publishes events, whose cause is its execution', async () => {
    const own = await givenTenant(node.database)
    await givenEventScript(
      node.database,
      own,
      { events: ['order.created'] },
      {
        source: `import { events } from 'pgscript'
export default async ({ id }) => {
  const first = await events.publish('invoice.wanted', { order: id }, { idempotencyKey: 'order ' + id })
  const again = await events.publish('invoice.wanted', { order: id }, { idempotencyKey: 'order ' + id })
  const refused = await events.publish('Not A Type').catch(({ code, retryable }) => ({ code, retryable }))
  return { same: first.id === again.id, refused }
}`,
      },
    )
    await insertEvent(node.database, own, 'order.created', { id: 7 })
    const run = await lastOf(own)
    expect(run).toMatchObject({
      status: 'completed',
      output: { same: true, refused: { code: 'invalid_event_type', retryable: false } },
    })
    expect(await eventsOf(node.database, own)).toMatchObject([
      { type: 'order.created', depth: 0 },
      { type: 'invoice.wanted', payload: { order: 7 }, source: 'script', depth: 1 },
      { status: 'refused' },
    ])
    const { rows } = await node.database.owner.query(
      "select cause_execution_id from pgscript.events where tenant_id = $1 and type = 'invoice.wanted'",
      [own.id],
    )
    expect(rows).toEqual([{ cause_execution_id: run?.id }])
  })

  test('a script that answers changes of a table by changing it stops at the depth limit', async () => {
    const own = await givenTenant(node.database)
    const { owner } = node.database
    await owner.query('create table meters (tenant text, value integer)')
    await owner.query("select pgscript.watch_table('meters', 'tenant', 'meter')")
    await owner.query("select pgscript.share_table('meters', 'tenant', access => '{read,update}')")
    const source = `import { db } from 'pgscript'
export default async () => (await db.execute('update meters set value = value + 1')).rowCount ?? null`
    await givenEventScript(node.database, own, { events: ['meter.*'] }, { source })
    await owner.query('insert into meters values ($1, 0)', [own.key])
    const finished = await whenFinished(node.database, own)
    expect(finished.map(({ status }) => status)).toEqual(Array(16).fill('completed'))
    const events = await eventsOf(node.database, own)
    expect(events.map(({ depth }) => depth)).toEqual([...Array(17).keys()])
    expect(events.at(-1)).toMatchObject({
      status: 'refused',
      refused_code: 'causation_depth',
      source: 'watch',
    })
    const { rows } = await owner.query(
      'select count(distinct cause_execution_id)::int as causes from pgscript.events where tenant_id = $1',
      [own.id],
    )
    expect(rows).toEqual([{ causes: 16 }])
  })

  test('two scripts that call each other by events stop at the depth limit', async () => {
    const own = await givenTenant(node.database)
    for (const [from, to] of [
      ['ping', 'pong'],
      ['pong', 'ping'],
    ]) {
      await givenEventScript(
        node.database,
        own,
        { events: [`game.${from}`] },
        {
          source: `import { events } from 'pgscript'
export default async () => await events.publish('game.${to}').catch((error) => error.code)`,
        },
      )
    }
    await insertEvent(node.database, own, 'game.ping')
    const finished = await whenFinished(node.database, own)
    expect(finished).toHaveLength(16)
    expect(finished.map(({ output }) => output)).toContain('causation_depth')
    expect((await eventsOf(node.database, own)).at(-1)).toMatchObject({
      status: 'refused',
      refused_code: 'causation_depth',
      depth: 16,
    })
  })

  test('one that fails twice succeeds in its third attempt', async () => {
    const own = await givenTenant(node.database)
    await givenEventScript(
      node.database,
      own,
      { events: ['order.created'] },
      {
        source: `import { RetryAfterError } from 'pgscript'
export default (input, { attempt }) => {
  if (attempt < 3) throw new RetryAfterError(0)
  return attempt
}`,
      },
    )
    await insertEvent(node.database, own, 'order.created')
    expect(await lastOf(own)).toMatchObject({ status: 'completed', attempt: 3, output: 3 })
  })

  test('one that always fails is a dead letter after 4 attempts at growing intervals; edited and redriven it completes', async () => {
    const own = await givenTenant(node.database)
    const { owner } = node.database
    await givenEventScript(
      node.database,
      own,
      { events: ['order.created'] },
      { source: "export default ({ total }) => { if (!total) throw new Error('no total'); return total }" },
    )
    await insertEvent(node.database, own, 'order.created', {})
    const waits: number[] = []
    for (const attempt of [1, 2, 3]) {
      const waiting = await until(
        async () => {
          const { rows } = await owner.query(
            `select id, extract(epoch from run_at - (last_error is not null)::int * (
               select max(finished_at) - 'epoch' from pgscript.execution_attempts where execution_id = live.id))::float as wait
             from pgscript_engine.live_executions as live
             where tenant_id = $1 and status = 'pending' and attempt = $2`,
            [own.id, attempt],
          )
          return rows[0]
        },
        { what: `attempt ${attempt} has failed` },
      )
      waits.push(waiting.wait)
      await owner.query('select pgscript.reschedule_execution($1, $2, run_at => now())', [
        own.key,
        waiting.id,
      ])
    }
    await whenFinished(node.database, own)
    expect(waits[0]).toBeGreaterThan(1)
    expect(waits[1]).toBeGreaterThan(2)
    expect(waits[2]).toBeGreaterThan(5)
    const letters = await owner.query('select * from pgscript.dead_letters where tenant_id = $1', [own.id])
    expect(letters.rows).toMatchObject([{ attempts: 4, status: 'open', error: { message: 'no total' } }])

    await owner.query('select pgscript.edit_dead_letter($1, $2, $3)', [
      own.key,
      letters.rows[0].execution_id,
      '{"total": 9}',
    ])
    await owner.query('select pgscript.redrive_dead_letters($1)', [own.key])
    const finished = await whenFinished(node.database, own)
    expect(finished).toMatchObject([{ status: 'failed' }, { status: 'completed', output: 9 }])
  })

  test('an event that is larger than a script takes is a dead letter of that script at once', async () => {
    const own = await givenTenant(node.database)
    const small = await givenEventScript(
      node.database,
      own,
      { events: ['order.created'] },
      { limits: { input_bytes: 100 } },
    )
    await givenEventScript(node.database, own, { events: ['order.created'] })
    await insertEvent(node.database, own, 'order.created', 'x'.repeat(98))
    await insertEvent(node.database, own, 'order.created', 'x'.repeat(99))
    const finished = await whenFinished(node.database, own)
    expect(finished.map(({ status }) => status).toSorted()).toEqual([
      'completed',
      'completed',
      'completed',
      'failed',
    ])
    const { rows } = await node.database.owner.query(
      "select script_id, attempts, error ->> 'code' as code, error ->> 'message' as message from pgscript.dead_letters where tenant_id = $1",
      [own.id],
    )
    expect(rows).toEqual([
      {
        script_id: small.id,
        attempts: 1,
        code: 'input_too_large',
        message: 'input: is 101 bytes as JSON; the limit is 100.',
      },
    ])
  })

  test('a PermanentError is a dead letter at once', async () => {
    const own = await givenTenant(node.database)
    await givenEventScript(
      node.database,
      own,
      { events: ['order.created'] },
      {
        source:
          "import { PermanentError } from 'pgscript'\nexport default () => { throw new PermanentError('never') }",
      },
    )
    await insertEvent(node.database, own, 'order.created')
    await whenFinished(node.database, own)
    const { rows } = await node.database.owner.query(
      'select attempts, error from pgscript.dead_letters where tenant_id = $1',
      [own.id],
    )
    expect(rows).toMatchObject([{ attempts: 1, error: { code: 'permanent_error' } }])
  })

  test('500 events of one statement run exactly once each', async () => {
    const own = await givenTenant(node.database)
    await givenEventScript(
      node.database,
      own,
      { events: ['order.*'] },
      { source: 'export default ({ n }) => n' },
    )
    await node.database.owner.query(
      `insert into pgscript.events (tenant_key, type, payload)
       select $1, 'order.created', jsonb_build_object('n', n) from generate_series(1, 500) as n`,
      [own.key],
    )
    await whenFinished(node.database, own, { within: 60_000 })
    const outputs = (await executionsOf(node.database, own)).map(({ output }) => Number(output))
    expect(outputs.sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, n) => n + 1))
    expect(await deliveriesOf(node.database, own)).toHaveLength(500)
  })
})
