import { beforeAll, describe, expect, test } from 'vitest'

import { registerAgain } from '../../../src/database/node-registry.ts'
import { useDatabase } from '../../support/use-database.ts'
import { type GivenShop, givenShop } from './given-shop.ts'
import { useScripts } from './use-scripts.ts'

describe('db.transaction', () => {
  const database = useDatabase()
  const scripts = useScripts(database, 8)
  const hasty = useScripts(database, 2, { transactionMs: 2_000 })
  let shop: GivenShop
  beforeAll(async () => {
    shop = await givenShop(database)
  })

  const insert = 'insert into orders (title) values ($1)'
  const stored = async (title: string) => {
    const { rowCount } = await database.owner.query('select from orders where title = $1', [title])
    return rowCount
  }
  const openTransactions = async () => {
    const { rowCount } = await database.owner.query(
      "select from pg_stat_activity where datname = current_database() and usename = $1 and state <> 'idle'",
      [database.node.roles.script],
    )
    return rowCount
  }

  test('keeps what is committed, and shows it to nobody before', async () => {
    const run = scripts.run(shop.ours)
    const id = await run.begin()
    await run.execute(insert, ['committed'], id)
    expect(await run.query("select title from orders where title = 'committed'", [], id)).toHaveLength(1)
    expect(await run.query("select title from orders where title = 'committed'")).toEqual([])
    await run.call('db.commit', id)
    expect(await stored('committed')).toBe(1)
  })

  test('forgets what is rolled back', async () => {
    const run = scripts.run(shop.ours)
    const id = await run.begin()
    await run.execute(insert, ['rolled back'], id)
    await run.call('db.rollback', id)
    expect(await stored('rolled back')).toBe(0)
    await expect(run.query('select 1', [], id)).rejects.toMatchObject({ code: 'transaction_ended' })
  })

  test('is rolled back when the run ends, and its connection is free again', async () => {
    const run = scripts.run(shop.ours)
    const id = await run.begin()
    await run.execute(insert, ['left open'], id)
    await run.end()
    await expect.poll(openTransactions, { timeout: 10_000 }).toBe(0)
    expect(await stored('left open')).toBe(0)
  })

  test('ends with the first statement that fails, and lets its locks go', async () => {
    const run = scripts.run(shop.ours)
    const id = await run.begin()
    await run.execute(insert, ['before the failure'], id)
    await expect(run.execute(insert, ['ours1'], id)).rejects.toMatchObject({ code: 'unique_violation' })
    await expect(run.execute(insert, ['after the failure'], id)).rejects.toMatchObject({
      code: 'transaction_failed',
    })
    await expect(run.call('db.commit', id)).rejects.toMatchObject({ code: 'transaction_failed' })
    expect(await run.call('db.rollback', id)).toBeNull()
    // A session that is being cleaned for the next tenant is not idle yet.
    await expect.poll(openTransactions, { timeout: 10_000 }).toBe(0)
    expect(await stored('before the failure')).toBe(0)
  })

  test('is rolled back when a statement in it takes too long', async () => {
    const run = scripts.run(shop.ours, { deadline: performance.now() + 1_000 })
    const id = await run.begin()
    await run.execute(insert, ['before the wait'], id)
    const endless = 'with recursive r as (select 1 as n union all select n + 1 from r) select count(*) from r'
    await expect(run.query(endless, [], id)).rejects.toMatchObject({ code: 'sql_timeout' })
    await expect.poll(openTransactions, { timeout: 10_000 }).toBe(0)
    expect(await stored('before the wait')).toBe(0)
  })

  test('is rolled back when it stays open for too long', async () => {
    const run = hasty.run(shop.ours)
    const id = await run.begin()
    await run.execute(insert, ['left open for long'], id)
    await expect.poll(openTransactions, { timeout: 10_000 }).toBe(0)
    await expect(run.call('db.commit', id)).rejects.toMatchObject({ code: 'transaction_timeout' })
    expect(await stored('left open for long')).toBe(0)
  })

  test('is not to be had for a node that the database has forgotten', async () => {
    await database.owner.query(
      'update pgscript_engine.nodes set capability_hash = sha256($$x$$) where id = $1',
      [database.node.nodeId],
    )
    await expect(scripts.run(shop.ours).query('select 1')).rejects.toMatchObject({
      code: 'sql_unavailable',
      retryable: true,
    })
    await registerAgain(database.node)
    expect(await scripts.run(shop.ours).query('select 1 as one')).toEqual([{ one: 1 }])
  })

  test('waits for a lock of another one only so long, and can be tried again', async () => {
    const [one, other] = [scripts.run(shop.ours), scripts.run(shop.ours)]
    const [first, second] = [await one.begin(), await other.begin()]
    const lock = "select id from orders where title = 'ours1' for update"
    await one.query(lock, [], first)
    await expect(other.query(lock, [], second)).rejects.toMatchObject({
      code: 'sql_timeout',
      retryable: true,
    })
    await one.end()
    await other.end()
  })

  test('tells of a conflict between serializable transactions', async () => {
    const [one, other] = [scripts.run(shop.ours), scripts.run(shop.theirs)]
    const run = scripts.run(shop.ours)
    const isolation = { isolation: 'repeatable read' }
    const id = await one.begin(isolation)
    await one.query('select * from orders', [], id)
    await run.execute("update orders set amount = 50 where title = 'ours2'")
    await expect(
      one.execute("update orders set amount = 60 where title = 'ours2'", [], id),
    ).rejects.toMatchObject({ code: 'sql_conflict', retryable: true })
    await other.end()
    await expect(one.begin({ isolation: 'chaos' })).rejects.toMatchObject({ code: 'invalid_arguments' })
  })

  test('is known to its own run only', async () => {
    const [one, other] = [scripts.run(shop.ours), scripts.run(shop.theirs)]
    const id = await one.begin()
    for (const name of ['db.commit', 'db.rollback'])
      await expect(other.call(name, id)).rejects.toMatchObject({ code: 'invalid_arguments' })
    await expect(other.query('select * from orders', [], id)).rejects.toMatchObject({
      code: 'invalid_arguments',
    })
    await one.end()
  })

  test('has places for a quarter of the connections per tenant; who waits too long is told to try again', async () => {
    const holders = [scripts.run(shop.ours), scripts.run(shop.ours)]
    for (const holder of holders) await holder.begin()
    const late = scripts.run(shop.ours, { deadline: performance.now() + 300 })
    await expect(late.begin()).rejects.toMatchObject({ code: 'sql_busy', retryable: true })
    const others = scripts.run(shop.theirs)
    await others.begin()
    const waiting = scripts.run(shop.ours)
    const begun = waiting.begin()
    await holders[0]?.end()
    expect(await begun).toEqual(expect.any(String))
    await Promise.all([...holders, others, waiting].map((run) => run.end()))
  })

  test('does not begin for a run that has ended', async () => {
    const run = scripts.run(shop.ours)
    await run.end()
    await expect(run.begin()).rejects.toMatchObject({ code: 'execution_ended' })
    // A session that is being cleaned for the next tenant is not idle yet.
    await expect.poll(openTransactions, { timeout: 10_000 }).toBe(0)
  })
})

describe('many tenants on one connection', () => {
  const database = useDatabase()
  const scripts = useScripts(database, 1)

  test('never see each other', async () => {
    const { ours, theirs } = await givenShop(database)
    const asked = Array.from({ length: 60 }, async (_, n) => {
      const tenant = n % 2 ? ours : theirs
      const run = scripts.run(tenant)
      if (n % 5 === 0) await run.query('select 1 / 0').catch(() => undefined)
      const rows = await run.query('select distinct tenant from orders')
      expect(rows).toEqual([{ tenant: tenant.key }])
    })
    await Promise.all(asked)
  }, 60_000)

  test('find a new connection when theirs was lost', async () => {
    const { rows } = await database.owner.query<{ key: string; id: string }>(
      'select id, key from pgscript.tenants limit 1',
    )
    const [tenant] = rows
    if (!tenant) throw new Error('no tenant')
    await scripts.run(tenant).query('select 1')
    await database.owner.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where usename = $1 and datname = current_database()',
      [database.node.roles.script],
    )
    await expect
      .poll(
        () =>
          scripts
            .run(tenant)
            .query('select 1 as one')
            .catch(() => null),
        { timeout: 10_000 },
      )
      .toEqual([{ one: 1 }])
  })
})
