import { expect, test } from 'vitest'
import { asIdentity, systemOperator } from '../../src/database/tenant-transaction.ts'
import { useDatabase } from '../support/use-database.ts'

const database = useDatabase()
test('smoke', async () => {
  await database.owner.query("select pgscript.upsert_tenant('acme','Acme')")
  const s = await database.owner.query(
    "select * from pgscript.save_script('acme','hello','export default () => 1')",
  )
  expect(s.rows[0]).toMatchObject({ latest_version: 1, status: 'draft' })
  await database.node.pool.query('select pgscript_engine.record_check($1,$2,1,$3,$4)', [
    s.rows[0].tenant_id,
    s.rows[0].id,
    'accepted',
    '[]',
  ])
  await database.owner.query("select * from pgscript.activate_script('acme','hello')")
  const e = await database.owner.query("select pgscript.execute_script('acme','hello', '{\"a\":1}') as id")
  const c = await database.node.pool.query("select * from pgscript_engine.claim_executions($1, 10, '10s')", [
    database.node.nodeId,
  ])
  expect(c.rows[0].id).toBe(e.rows[0].id)
  const d = await database.node.pool.query(
    'select * from pgscript_engine.complete_executions($1, $2,$3,$4,$5,$6,$7,$8,$9) id',
    [
      database.node.nodeId,
      [c.rows[0].tenant_id],
      [c.rows[0].id],
      [1],
      ['completed'],
      ['{"x":1}'],
      [null],
      ['{}'],
      ['[{"level":"info","at":1,"message":"m"}]'],
    ],
  )
  expect(d.rows.length).toBe(1)
  const all = await asIdentity(
    database.node,
    systemOperator,
    async (c) => (await c.query('select * from pgscript.executions')).rows,
  )
  expect(all).toHaveLength(1)
  expect(all[0]).toMatchObject({ status: 'completed', output: { x: 1 } })
})
