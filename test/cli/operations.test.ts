import { createServer } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'

import { deregisterNode } from '../../src/database/node-registry.ts'

import { givenSource } from '../support/executions-of.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { databaseUrl, onAdmin } from '../support/test-cluster.ts'
import { useCli } from '../support/use-cli.ts'

const cli = useCli()

describe('migrate', () => {
  test('has nothing to do where the database is up to date', async () => {
    const { code, json, stderr } = await cli.here(['migrate', '--json'])
    expect({ code, json, stderr }).toEqual({ code: 0, json: { migrations: [], objects: [] }, stderr: '' })
    expect((await cli(['migrate'])).stdout).toBe('The database is up to date.\n')
  })

  test('brings an empty database up, as every command does', async () => {
    const { adminUrl } = cli.database.cluster
    const name = `${cli.database.name}_empty`
    const environment = { DATABASE_URL: databaseUrl(adminUrl, name) }
    await onAdmin(adminUrl, (admin) => admin.query(`create database ${name}`))
    try {
      const { code, json } = await cli.here(['migrate', '--json'], { environment })
      expect(code).toBe(0)
      expect(json.migrations).toContain('migrations/0001_tenancy.sql')
      expect(json.objects.length).toBeGreaterThan(50)
      expect((await cli.here(['tenant', 'list', '--json'], { environment })).json).toEqual([])
    } finally {
      await onAdmin(adminUrl, (admin) => admin.query(`drop database ${name} with (force)`))
    }
  })

  test('--print-roles prints SQL and needs no database', async () => {
    const environment = { DATABASE_URL: undefined, PGSCRIPT_ROLE_PREFIX: 'shop' }
    const args = ['migrate', '--print-roles', '--installer', 'deploy']
    const plain = await cli(args, { environment })
    const json = await cli.here([...args, '--json'], { environment })
    expect(plain).toMatchObject({ code: 0, stderr: '' })
    expect(json.json).toEqual({ sql: plain.stdout.replace(/\n$/, '') })
    for (const role of ['owner', 'engine', 'node', 'script', 'user', 'operator', 'integrator'])
      expect(plain.stdout).toContain(`shop_${role}`)
    expect(plain.stdout).toContain('deploy')
    expect(plain.stdout).not.toContain('pgscript_owner')
  })
})

describe('doctor', () => {
  test('of a healthy installation', async () => {
    const { code, json, stderr } = await cli(['doctor', '--json'])
    expect({ code, stderr, healthy: json.healthy }).toEqual({ code: 0, stderr: '', healthy: true })
    const checks = json.checks as { name: string; state: string; note: string }[]
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['database', 'catalog', expect.stringMatching(/^wall: /)]),
    )
    expect(checks.filter(({ state }) => state === 'fault')).toEqual([])
    const { stdout } = await cli.here(['doctor'])
    expect(stdout).toMatch(/^ok +database +PostgreSQL 1\d/)
    expect(stdout).toContain('Everything that must stand, stands.\n')
  })

  test('of a table whose rows every tenant may see: exit code 1, and the remedy', async () => {
    const { owner } = cli.database
    await owner.query('alter table pgscript.scripts no force row level security')
    try {
      const { code, json } = await cli.here(['doctor', '--json'])
      expect({ code, healthy: json.healthy }).toEqual({ code: 1, healthy: false })
      expect(json.checks).toContainEqual({
        name: expect.stringMatching(/^catalog: /),
        state: 'fault',
        note: expect.stringMatching(/^(table )?pgscript\.scripts: .+ force row level security/i),
      })
      const { code: again, stdout } = await cli.here(['doctor'])
      expect(again).toBe(1)
      expect(stdout).toMatch(/^FAULT +catalog: .*pgscript\.scripts/m)
      expect(stdout).toContain('There are faults; each line above says what to do.')
    } finally {
      await owner.query('alter table pgscript.scripts force row level security')
    }
  })
})

describe('start', () => {
  test('on a port that is taken: exit code 2, and what to do', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as { port: number }
    const { code, json } = await cli(['start', '--json', '--port', String(port)])
    taken.close()
    expect(code).toBe(2)
    expect(json.error.message).toBe(
      `Port ${port} on 127.0.0.1 is taken. Stop what uses it, or choose another with PORT or --port.`,
    )
    const { rows } = await cli.database.owner.query(
      "select from pgscript_engine.list_nodes() where id like 'node-%'",
    )
    expect(rows).toEqual([])
  })

  test('on an address that is not ours', async () => {
    const { code, json } = await cli.here(['start', '--json', '--port', '0', '--host', '192.0.2.1'])
    expect(code).toBe(2)
    expect(json.error.message).toContain('Check PGSCRIPT_HOST and PORT.')
  })
})

describe('cancel and logs', () => {
  // The test's own connection counts as a node that executes.
  beforeAll(() => deregisterNode(cli.database.node))

  test('cancel a waiting execution, and read the log of a finished one', async () => {
    const tenant = await givenTenant(cli.database)
    const script = await givenSource(
      cli.database,
      tenant,
      'export default () => { console.log("line"); return 1 }',
    )
    const run = ['run', script.name, '--tenant', tenant.key, '--json']
    const waiting = (await cli.here([...run, '--wait', '0'])).json.id
    expect(await cli.here(['cancel', waiting, '--json'])).toMatchObject({
      code: 0,
      json: { id: waiting, status: 'cancelled' },
    })
    const done = (await cli(run)).json.id
    expect(await cli.here(['logs', done, '--json'])).toMatchObject({
      code: 0,
      json: { attempt: 1, level: 'info', message: 'line' },
    })
    expect((await cli.here(['logs', done, '--follow'])).stdout).toMatch(/^\[\d+ ms\] info: line\n$/)
  })

  test.each(['cancel', 'logs'])(
    '%s of an execution that is not there, and of no id at all',
    async (command) => {
      const [unknown, invalid, missing] = await Promise.all([
        cli([command, '00000000-0000-7000-8000-000000000000', '--json']),
        cli([command, 'seven', '--json']),
        cli([command, '--json']),
      ])
      expect({ code: unknown.code, error: unknown.json.error.code }).toEqual({
        code: 3,
        error: 'execution_not_found',
      })
      expect([invalid.code, missing.code]).toEqual([2, 2])
      expect(invalid.json.error.message).toMatch(/UUID|id of an execution/)
    },
  )
})
