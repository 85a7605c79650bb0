import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type EmbeddedServer, startEmbeddedServer } from '../../src/database/embedded-server.ts'
import { execute, givenSource, waits, whenFinished } from '../support/executions-of.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { type NodeProcess, useNodes } from '../support/node-process.ts'
import { until } from '../support/until.ts'
import { useDatabase } from '../support/use-database.ts'

const executions = 200
const environment = {
  PGSCRIPT_SANDBOX_HOSTS: '1',
  PGSCRIPT_RUNS_PER_HOST: '8',
  PGSCRIPT_LEASE_SECONDS: '4',
  // Far apart, so that it is the listener that hears of work.
  PGSCRIPT_POLL_SECONDS: '20',
}

describe('nodes whose database goes away', () => {
  const database = useDatabase()
  const nodes = useNodes()

  test('every connection cut, again and again: they come back, and every execution ends once', async () => {
    const pair = await Promise.all([
      nodes.start({ database, environment }),
      nodes.start({ database, environment }),
    ])
    const tenant = await givenTenant(database)
    const script = await givenSource(database, tenant, waits)
    const inputs = Array.from({ length: executions }, (_, number) => ({ number, ms: 100 }))
    const ids = await execute(database, script, inputs)

    for (const share of [0.2, 0.4, 0.6]) {
      await until(async () => (await finishedCount(tenant.id)) >= share * executions, { within: 60_000 })
      expect(await cutConnections()).toBeGreaterThan(2)
    }

    const finished = await whenFinished(database, tenant, { within: 60_000 })
    expect(finished.map(({ id }) => id).sort()).toEqual([...ids].sort())
    for (const { id, status, attempt, output } of finished) {
      expect({ id, status, attempt, output }).toMatchObject({
        status: 'completed',
        attempt: 1,
        output: { execution: id },
      })
    }
    for (const node of pair) await areReady(node)

    // The listeners listen again: an idle node is woken, it does not have to poll.
    const rung = performance.now()
    await execute(database, script, [{}])
    await whenFinished(database, tenant)
    expect(performance.now() - rung).toBeLessThan(10_000)
    for (const node of pair) expect(await node.stop()).toEqual({ code: 0, signal: null })
  })

  async function finishedCount(tenantId: string): Promise<number> {
    const { rows } = await database.owner.query<{ count: string }>(
      'select count(*) from pgscript_engine.execution_history where tenant_id = $1',
      [tenantId],
    )
    return Number(rows[0]?.count)
  }

  /** Those of the nodes: pools, listeners, pg-boss. */
  async function cutConnections(): Promise<number> {
    const { rows } = await database.owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and usename = $1 and application_name <> $2`,
      [database.connections.node.user, `pgscript ${database.node.nodeId}`],
    )
    return rows.length
  }
})

describe('nodes whose database server restarts', () => {
  const nodes = useNodes()
  let directory = ''
  let server: EmbeddedServer | undefined

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'pgscript-restart-'))
    // PostgreSQL may have to run as another user.
    chmodSync(directory, 0o755)
  })

  afterAll(async () => {
    await server?.release()
    rmSync(directory, { recursive: true, force: true })
  })

  test('they wait for it, and every execution ends once', { timeout: 180_000 }, async () => {
    const startServer = () => startEmbeddedServer({ dataDir: directory, fsync: false })
    server = await startServer()
    const { url } = server
    const external = {
      ...environment,
      DATABASE_URL: url,
      PGSCRIPT_SECRET: randomBytes(32).toString('base64url'),
    }
    // One after the other, for the first one migrates.
    const pair = [await nodes.start({ environment: external }), await nodes.start({ environment: external })]
    const [door] = pair
    if (!door) throw new Error('there is no node')

    let owner = new pg.Client(url)
    await owner.connect()
    await owner.query("select pgscript.upsert_tenant('acme')")
    await owner.query('select pgscript.save_script($1, $2, $3)', ['acme', 'waits', waits])
    await until(() =>
      owner.query("select pgscript.activate_script('acme', 'waits')").then(
        () => true,
        () => false,
      ),
    )
    const { rows } = await owner.query<{ key: string; ids: string[] }>(
      `select pgscript.create_api_key('acme', 'test', array['executions.read']) as key,
         array(select pgscript.execute_script('acme', 'waits', '{"ms": 100}') from generate_series(1, $1)) as ids`,
      [executions],
    )
    await until(async () => (await completedOn(pair)) >= 0.2 * executions, { within: 60_000 })
    owner.on('error', () => {})
    await owner.end().catch(() => {})

    await server.release()
    server = undefined
    expect((await fetch(`${door.url}/health/live`)).status).toBe(200)
    await until(async () => (await readiness(door)).status === 503)
    const answer = await fetch(`${door.url}/api/executions/${rows[0]?.ids[0]}`, {
      headers: { authorization: `Bearer ${rows[0]?.key}` },
    })
    expect(answer.status).toBe(503)
    expect(await answer.text()).not.toContain('ECONNREFUSED')
    server = await startServer()
    expect(server).toMatchObject({ owned: true, url })

    owner = new pg.Client(url)
    await owner.connect()
    try {
      const history = await until(
        async () => {
          const { rows: found } = await owner.query<{
            id: string
            status: string
            attempt: number
            output: unknown
          }>('select id, status, attempt, output from pgscript.executions order by id')
          return found.every(({ status }) => status !== 'pending' && status !== 'running') && found
        },
        { within: 60_000, what: 'every execution finished' },
      )
      expect(history.map(({ id }) => id).sort()).toEqual([...(rows[0]?.ids ?? [])].sort())
      for (const { id, status, attempt, output } of history) {
        expect({ id, status, attempt, output }).toMatchObject({
          status: 'completed',
          attempt: 1,
          output: { execution: id },
        })
      }
      for (const node of pair) await areReady(node)
    } finally {
      await owner.end()
    }
    for (const node of pair) expect(await node.stop()).toEqual({ code: 0, signal: null })
  })

  async function completedOn(pair: readonly NodeProcess[]): Promise<number> {
    const counts = await Promise.all(pair.map((node) => node.metric('pgscript_executions_total')))
    return counts.reduce((sum, count) => sum + count, 0)
  }
})

async function readiness(node: NodeProcess): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${node.url}/health/ready`)
  return { status: response.status, body: await response.json() }
}

async function areReady(node: NodeProcess): Promise<void> {
  await until(async () => (await readiness(node)).status === 200, {
    within: 60_000,
    what: 'the node is ready again',
  })
  expect((await readiness(node)).body).toEqual({
    status: 'ready',
    checks: { database: 'ok', listener: 'ok', scheduler: 'ok', pool: 'ok' },
  })
}
