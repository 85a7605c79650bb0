import { describe, expect, test } from 'vitest'

import { asOwner } from '../../support/call.ts'
import { givenEventScript } from '../../support/given-event-script.ts'
import { givenExecutions } from '../../support/given-executions.ts'
import { type GivenScript, givenScriptOfItsOwn } from '../../support/given-script.ts'
import { useDatabase } from '../../support/use-database.ts'
import { claim, givenNode, useEmptyLedger } from '../../support/use-ledger.ts'

interface Enqueued {
  ordinal: string
  tenant_id: string
  id: string
  is_new: boolean
}

describe('pgscript_engine.enqueue_executions', () => {
  const database = useDatabase()
  useEmptyLedger(database)

  const enqueue = async (requests: { script: GivenScript; key?: string; input?: unknown }[]) =>
    await asOwner<Enqueued>(
      database,
      `select enqueued.* from pgscript_engine.enqueue_executions(array(
         select row(tenant_id, script_id, 1, 'api', input, null, null, null, null, null, key, null, null)
           ::pgscript_engine.execution_request
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[]) with ordinality
           as wish (tenant_id, script_id, key, input, place)
         order by place
       )) as enqueued order by enqueued.ordinal`,
      [
        requests.map(({ script }) => script.tenant.id),
        requests.map(({ script }) => script.id),
        requests.map(({ key }) => key ?? null),
        requests.map(({ input }) => JSON.stringify(input ?? {})),
      ],
    )

  test('answers each request in its place', async () => {
    const [first, second] = [await givenScriptOfItsOwn(database), await givenScriptOfItsOwn(database)]
    const enqueued = await enqueue([{ script: first }, { script: second }, { script: first }])
    expect(enqueued).toMatchObject([
      { ordinal: '1', tenant_id: first.tenant.id, is_new: true },
      { ordinal: '2', tenant_id: second.tenant.id, is_new: true },
      { ordinal: '3', tenant_id: first.tenant.id, is_new: true },
    ])
    const stored = await asOwner(
      database,
      'select id, script_id, status, attempt, max_attempts, priority, fence from pgscript_engine.live_executions order by id',
    )
    const idle = { status: 'pending', attempt: 0, max_attempts: 1, priority: 0, fence: 0 }
    expect(new Set(stored.map((row) => JSON.stringify(row)))).toEqual(
      new Set(
        enqueued.map(({ id }, place) =>
          JSON.stringify({ id, script_id: place === 1 ? second.id : first.id, ...idle }, [
            'id',
            'script_id',
            'status',
            'attempt',
            'max_attempts',
            'priority',
            'fence',
          ]),
        ),
      ),
    )
  })

  test('makes one execution of a key that is asked for twice in one call: the first', async () => {
    const script = await givenScriptOfItsOwn(database)
    const enqueued = await enqueue([
      { script, key: 'a', input: { which: 1 } },
      { script, key: 'a', input: { which: 2 } },
      { script, key: 'b' },
    ])
    expect(enqueued[1]).toMatchObject({ id: enqueued[0]?.id, ordinal: '2' })
    const stored = await asOwner(
      database,
      'select input from pgscript_engine.live_executions where idempotency_key = $1',
      ['a'],
    )
    expect(stored).toEqual([{ input: { which: 1 } }])
    expect(await enqueue([{ script, key: 'b' }])).toMatchObject([{ id: enqueued[2]?.id, is_new: false }])
  })

  test("keeps a tenant from enqueueing another one's script", async () => {
    const [ours, theirs] = [await givenScriptOfItsOwn(database), await givenScriptOfItsOwn(database)]
    const mixed = { ...theirs, tenant: ours.tenant }
    await expect(enqueue([{ script: mixed }])).rejects.toMatchObject({ code: '23503' })
    await expect(enqueue([{ script: ours }, { script: mixed }])).rejects.toMatchObject({ code: '23503' })
  })

  describe('rings the doorbell', () => {
    /** What a listening node hears while something happens: another message marks its end. */
    async function heardDuring(work: () => Promise<unknown>): Promise<string[]> {
      const client = await database.node.pool.connect()
      try {
        const heard: string[] = []
        await client.query('listen pgscript_work')
        await client.query('listen test_end')
        const ended = new Promise<void>((resolve) => {
          client.on('notification', ({ channel }) =>
            channel === 'test_end' ? resolve() : heard.push(channel),
          )
        })
        await work()
        await database.owner.query('notify test_end')
        await ended
        return heard
      } finally {
        client.release(true)
      }
    }

    test('only while a node is asleep', async () => {
      const script = await givenScriptOfItsOwn(database)
      const node = await givenNode(database, 'listener')
      expect(await heardDuring(() => givenExecutions(database, script))).toEqual([])
      await claim(node, 5)
      await claim(node, 5)
      expect(await heardDuring(() => givenExecutions(database, script))).toEqual(['pgscript_work'])
      await claim(node, 5)
      expect(await heardDuring(() => givenExecutions(database, script))).toEqual([])
    })

    test('when the transaction commits, and not if it rolls back', async () => {
      const script = await givenScriptOfItsOwn(database)
      await claim(await givenNode(database, 'listener'), 1)
      const within = (ending: string) => async () => {
        const client = await database.owner.connect()
        await client.query('begin')
        await client.query('select pgscript.execute_script($1, $2)', [script.tenant.key, script.name])
        await client.query(ending)
        client.release()
      }
      expect(await heardDuring(within('rollback'))).toEqual([])
      expect(await heardDuring(within('commit'))).toEqual(['pgscript_work'])
    })

    test('not where the session says so, for a transaction that has notified cannot be prepared', async () => {
      const script = await givenScriptOfItsOwn(database)
      await givenEventScript(database, script.tenant, { events: ['order.*'] })
      await claim(await givenNode(database, 'listener'), 1)
      const publish = (setting: string) => async () => {
        const client = await database.owner.connect()
        await client.query('begin')
        await client.query(`set local pgscript.doorbell = ${setting}`)
        await client.query("insert into pgscript.events (tenant_key, type) values ($1, 'order.created')", [
          script.tenant.key,
        ])
        await client.query('select pgscript.execute_script($1, $2)', [script.tenant.key, script.name])
        await client.query('commit')
        client.release()
      }
      expect(await heardDuring(publish('off'))).toEqual([])
      expect(await heardDuring(publish('on'))).toEqual(['pgscript_work'])
    })
  })
})
