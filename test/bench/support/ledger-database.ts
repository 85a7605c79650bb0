import { randomBytes } from 'node:crypto'
import pg from 'pg'

import { deriveKey } from '../../../src/database/secret.ts'
import {
  connectionsOf,
  databaseUrl,
  dropRoles,
  migrateDatabase,
  onAdmin,
  type TestCluster,
} from '../../support/test-cluster.ts'

/** A migrated database that no node works on, so that a row's own clients are all that claims. */
export interface LedgerDatabase {
  url: string
  pool: pg.Pool
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
  /** What a client needs to be a node here. */
  nodeSettings(name: string): NodeSettings
  /** A tenant with that many active scripts; concurrency limits at their highest: 1,000 a script, 10,000 a tenant. */
  createTenant(scripts: number): Promise<BenchTenant>
  /** Enqueues for the tenant's first script, in a transaction of its own; the executions' ids. */
  enqueue(tenant: BenchTenant, executions: number): Promise<string[]>
  /** Enqueues that many, script by script in turn; returns when they are committed. */
  fill(tenants: readonly BenchTenant[], executions: number): Promise<void>
  waiting(): Promise<number>
  close(): Promise<void>
}

export interface BenchTenant {
  id: string
  key: string
  scripts: { id: string; name: string }[]
}

export interface NodeSettings {
  name: string
  connection: pg.ClientConfig
  listen: pg.ClientConfig
  rolePrefix: string
  installationKey: string
}

const highestLimits = { concurrent_runs_per_script: 1_000, concurrent_runs_per_tenant: 10_000 }

/** Rows sent in one statement. */
const fillBatch = 10_000

/** Its roles have a prefix of their own, beside those of the node under test on the same server. */
export async function createLedgerDatabase(adminUrl: string): Promise<LedgerDatabase> {
  const run = randomBytes(4).toString('hex')
  const name = `pgscript_ledger_${run}`
  const cluster: TestCluster = {
    adminUrl,
    template: name,
    rolePrefix: `pgscript_ledger_${run}`,
    secret: randomBytes(32).toString('base64url'),
  }
  await onAdmin(adminUrl, (admin) => admin.query(`create database ${name}`))
  const url = databaseUrl(adminUrl, name)
  await migrateDatabase(cluster, url)
  const connections = connectionsOf(cluster, url)
  const pool = new pg.Pool({ connectionString: url, max: 4 })
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const query = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await pool.query<Row>(text, values)).rows

  return {
    url,
    pool,
    query,
    nodeSettings: (nodeName) => ({
      name: nodeName,
      connection: connections.node,
      listen: connections.listen,
      rolePrefix: cluster.rolePrefix,
      installationKey: deriveKey(cluster.secret, 'installation key'),
    }),
    createTenant: (scripts) => createTenant(query, scripts),
    async enqueue({ id, scripts }, executions) {
      const rows = await query<{ id: string }>(
        `select id from pgscript_engine.enqueue_executions(array(
           select row($1, $2, 1, 'api', '{"number":1}', null, null, null, null, null, null, null, null)
             ::pgscript_engine.execution_request
           from generate_series(1, $3::int)
         ))`,
        [id, scripts[0]?.id, executions],
      )
      return rows.map((row) => row.id)
    },
    async fill(tenants, executions) {
      const scripts = tenants.flatMap(({ id, scripts }) => scripts.map((script) => [id, script.id]))
      for (let from = 0; from < executions; from += fillBatch) {
        await query(
          `select count(*) from pgscript_engine.enqueue_executions(array(
             select row(
               ($1::uuid[])[1 + number % $3], ($2::uuid[])[1 + number % $3], 1, 'api',
               jsonb_build_object('number', number), null, null, null, null, null, null, null, null
             )::pgscript_engine.execution_request
             from generate_series($4::int, $5::int - 1) as number
           ))`,
          [
            scripts.map(([tenant]) => tenant),
            scripts.map(([, script]) => script),
            scripts.length,
            from,
            Math.min(from + fillBatch, executions),
          ],
        )
      }
    },
    async waiting() {
      const [row] = await query<{ count: number }>(
        'select count(*)::int as count from pgscript_engine.live_executions',
      )
      return row?.count ?? 0
    },
    async close() {
      await pool.end()
      await onAdmin(adminUrl, async (admin) => {
        await admin.query(`drop database ${name} with (force)`)
        await dropRoles(admin, cluster.rolePrefix)
      })
    },
  }
}

async function createTenant(query: LedgerDatabase['query'], count: number): Promise<BenchTenant> {
  const key = `tenant-${randomBytes(6).toString('hex')}`
  const [tenant] = await query<{ id: string }>('select id from pgscript.upsert_tenant($1, limits => $2)', [
    key,
    highestLimits,
  ])
  if (!tenant) throw new Error('no tenant was made')
  const scripts: BenchTenant['scripts'] = []
  for (let number = 1; number <= count; number += 1) {
    const name = `script-${number}`
    const [script] = await query<{ id: string }>('select id from pgscript.save_script($1, $2, $3)', [
      key,
      name,
      'export default () => 1',
    ])
    if (!script) throw new Error('no script was made')
    await query(`select pgscript_engine.record_check($1, $2, 1, 'accepted', '[]')`, [tenant.id, script.id])
    await query('select pgscript.activate_script($1, $2)', [key, name])
    scripts.push({ id: script.id, name })
  }
  return { id: tenant.id, key, scripts }
}
