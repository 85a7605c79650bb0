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
