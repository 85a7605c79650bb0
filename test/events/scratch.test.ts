import { expect, test } from 'vitest'
import { givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import { findCatalogFaults } from '../../src/database/catalog-check.ts'
const database = useDatabase()
test('x', async () => {
  const { owner } = database; await owner.query('grant pgscript_engine to postgres'); 
  expect(await findCatalogFaults(owner)).toEqual([])
  const t = await givenTenant(database)
  const saved = await owner.query(`select id, name from pgscript.save_script($1, 'on order', 'export default (i) => i', 'event', config => '{"events":["order.*"],"filter":"$.total > 100"}')`, [t.key])
  await database.node.pool.query("select pgscript_engine.record_check($1,$2,1,'accepted','[]')", [t.id, saved.rows[0].id]).catch(e => { throw e })
  await owner.query("select pgscript.activate_script($1, 'on order')", [t.key])
  const r = await owner.query(`insert into pgscript.events (tenant_key, type, payload) values ($1, 'order.created', '{"total": 200}'), ($1, 'order.created', '{"total": 2}') returning *`, [t.key])
  console.log(r.rows)
  console.log((await owner.query('select * from pgscript.executions')).rows, (await owner.query('select * from pgscript.event_deliveries')).rows)
  console.log((await owner.query(`select pgscript.publish_event($1, 'a.b', '{}', 'k1') a, pgscript.publish_event($1, 'a.b', '{}', 'k1') b, pgscript.publish_event('nobody', 'a.b') c`, [t.key])).rows)
  console.log((await owner.query('select id, type, status, refused_code from pgscript.events')).rows)
  for (const q of [
   `select sum(cardinality(pgscript_engine.event_patterns('order.created'))) from generate_series(1,10000)`,
   `select sum(length(pgscript.uuid_v7()::text)) from generate_series(1,10000)`,
   `select count(pgscript_engine.event_fault('active','order.created','{"total":200}',null,'sql',0::smallint,'{}')) from generate_series(1,10000)`,
   `select count(*) from generate_series(1,10000), lateral pgscript_engine.matching_subscriptions('${t.id}','order.created','{"total":200}')`,
   `select count(*) from generate_series(1,10000), lateral pgscript_engine.is_event_type('order.created')`,
   `insert into pgscript.events (tenant_key, type, payload) select '${t.key}', 'other.created', '{"total": 200}' from generate_series(1,10000)`,
  ]) { const a = performance.now(); await owner.query(q); console.log(q.slice(0,90), performance.now()-a) }
  const t0 = performance.now()
  await owner.query(`insert into pgscript.events (tenant_key, type, payload) select $1, 'order.created', '{"total": 200}' from generate_series(1,10000)`, [t.key])
  console.log('10000:', performance.now() - t0)
  console.log((await owner.query('select count(*) from pgscript.executions')).rows)
})
