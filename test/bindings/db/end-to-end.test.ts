import { beforeAll, describe, expect, test } from 'vitest'

import { givenSource } from '../../support/executions-of.ts'
import { givenApiKey } from '../../support/given-api-key.ts'
import { useNode } from '../../support/use-node.ts'
import { type GivenShop, givenShop } from './given-shop.ts'

describe('a script on a node', () => {
  const node = useNode({ config: { scriptConnections: 1 } })
  let shop: GivenShop
  beforeAll(async () => {
    shop = await givenShop(node.database)
  })

  async function run(tenant: GivenShop['ours'], source: string) {
    const key = await givenApiKey(node.database, tenant)
    const script = await givenSource(node.database, tenant, source)
    const { body } = await node.ask('/api/executions', { key, json: { script: script.name, wait: 20 } })
    return body
  }

  test('queries and writes as its tenant', async () => {
    const source = `import { db } from 'pgscript'
      export default async () => {
        const { rowCount } = await db.execute("insert into orders (title) values ($1)", ['from a script'])
        return { rowCount, titles: (await db.query('select title from orders order by id')).map((row) => row.title),
          first: await db.queryOne('select tenant from orders limit 1') }
      }`
    expect((await run(shop.ours, source)).output).toEqual({
      rowCount: 1,
      titles: ['ours1', 'ours2', 'ours3', 'from a script'],
      first: { tenant: shop.ours.key },
    })
  })

  test('stores lists and bytes as what their columns are, by statement and builder', async () => {
    await node.database.owner.query(`
      create table papers (tenant text not null, id serial primary key, jb jsonb, by bytea, pieces bytea[], word text);
      select pgscript.share_table('papers', 'tenant', access => array['write'])`)
    const source = `import { db } from 'pgscript'
      const bytes = new Uint8Array([1, 2, 255])
      export default async () => [
        await db.queryOne('insert into papers (jb, by) values ($1, $2) returning jb, by', [[], bytes]),
        await db.from('papers').insert([{ jb: [1], by: bytes.buffer }, { jb: {}, pieces: [bytes, null] }]).returning('jb', 'by', 'pieces'),
        await db.transaction((tx) => tx.from('papers').update({ jb: ['x'], word: bytes }).where({ by: bytes }).returning('jb', 'word')),
        await db.queryOne('select decode($1, $2) = $3 as same', [bytes, 'base64', bytes]),
      ]`
    expect((await run(shop.ours, source)).output).toEqual([
      { jb: [], by: 'AQL/' },
      [
        { jb: [1], by: 'AQL/', pieces: null },
        { jb: {}, by: null, pieces: ['AQL/', null] },
      ],
      [
        { jb: ['x'], word: 'AQL/' },
        { jb: ['x'], word: 'AQL/' },
      ],
      { same: true },
    ])
  })

  test('can catch an error, by its code', async () => {
    const source = `import { db } from 'pgscript'
      export default async () => {
        try { await db.query('select * from pg_class') } catch (error) { return [error.code, error.retryable, error.message] }
      }`
    expect((await run(shop.ours, source)).output).toEqual([
      'sql_not_allowed',
      false,
      'sql: pg_class: the catalog is not available to scripts.',
    ])
  })

  test('that ends while it queries leaves nothing running', async () => {
    const source = `import { db } from 'pgscript'
      export default async () => {
        db.query('with recursive r as (select 1 as n union all select n + 1 from r) select count(*) from r')
        await db.query('select 1').catch(() => undefined)
        return 'done'
      }`
    const record = await run(shop.ours, source)
    expect(['done', null]).toContain(record.output)
    const running = async () => {
      const { rowCount } = await node.database.owner.query(
        "select from pg_stat_activity where datname = current_database() and usename = $1 and state = 'active'",
        [node.database.node.roles.script],
      )
      return rowCount
    }
    await expect.poll(running, { timeout: 10_000 }).toBe(0)
    expect((await run(shop.theirs, source.replace(/db\.query\('with.*/, ''))).output).toBe('done')
  })
})
