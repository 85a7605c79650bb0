import { beforeAll, expect, test } from 'vitest'

import { deregisterNode } from '../../src/database/node-registry.ts'
import { givenSource } from '../support/executions-of.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { useNodes } from '../support/node-process.ts'
import { useCli } from '../support/use-cli.ts'

const cli = useCli()
const nodes = useNodes()
let tenant: GivenTenant

beforeAll(async () => {
  // The test's own connection counts as a node that executes.
  await deregisterNode(cli.database.node)
  tenant = await givenTenant(cli.database)
})

const run = (name: string, ...args: string[]) =>
  cli.here(['run', name, '--tenant', tenant.key, '--json', ...args])
const given = (source: string, limits: Record<string, number> = {}) =>
  givenSource(cli.database, tenant, source, limits)

test('runs a script itself where no node runs, and prints its record', async () => {
  const { name } = await given('export default (input) => { console.log("hi"); return input.n + 1 }')
  const { code, json, stderr } = await cli([
    'run',
    name,
    '--tenant',
    tenant.key,
    '--json',
    '--input',
    '{"n": 1}',
  ])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(json).toMatchObject({
    script: name,
    status: 'completed',
    triggerType: 'manual',
    input: { n: 1 },
    output: 2,
    error: null,
    logs: [{ level: 'info', message: 'hi' }],
  })
  const { rows } = await cli.database.owner.query<{ node_id: string }>(
    'select node_id from pgscript.executions where id = $1',
    [json.id],
  )
  expect(rows[0]?.node_id).toMatch(/^run-/)
  const { rows: nodesLeft } = await cli.database.owner.query(
    "select from pgscript_engine.list_nodes() where id like 'run-%'",
  )
  expect(nodesLeft).toEqual([])
})

test('prints for people', async () => {
  const { name } = await given('export default () => "done"')
  const { code, stdout } = await cli.here(['run', name, '--tenant', tenant.key])
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^"done"\n\ncompleted in [\d.]+ ms/),
  })
})

test('of a script that fails or takes too long: exit code 1', async () => {
  const [failing, endless] = await Promise.all([
    given('export default () => { throw new Error("no") }'),
    given('export default () => new Promise(() => {})', { wall_time_ms: 200 }),
  ])
  const failed = await run(failing.name)
  const timeout = await run(endless.name)
  expect({ code: failed.code, ...failed.json }).toMatchObject({
    code: 1,
    status: 'failed',
    error: { message: 'no' },
  })
  expect({ code: timeout.code, ...timeout.json }).toMatchObject({ code: 1, status: 'timeout' })
})

test('does not wait longer than asked, and says how to go on', async () => {
  const { name } = await given('export default () => new Promise(() => {})', { wall_time_ms: 3_000 })
  const { code, stdout } = await cli.here(['run', name, '--tenant', tenant.key, '--wait', '0.3'])
  expect(code).toBe(1)
  expect(stdout).toMatch(/^Execution [0-9a-f-]{36} is (pending|running) after 0\.3 s, and goes on/)
  expect(stdout).toContain('--idempotency-key')
})

test('with --wait 0 prints the id and leaves the run to the nodes', async () => {
  const { name } = await given('export default () => 1')
  const { code, json } = await run(name, '--wait', '0')
  expect({ code, json }).toEqual({ code: 0, json: { id: expect.any(String), status: 'pending' } })
  const { rows } = await cli.database.owner.query<{ status: string; awaited_by: string | null }>(
    'select status, awaited_by from pgscript_engine.live_executions where id = $1',
    [json.id],
  )
  expect(rows).toEqual([{ status: 'pending', awaited_by: null }])
})

test('the same idempotency key gives the same run, at once', async () => {
  const { name } = await given('export default () => Math.random()')
  const first = await run(name, '--idempotency-key', 'monthly')
  const started = performance.now()
  const second = await run(name, '--idempotency-key', 'monthly')
  expect(second.json).toEqual(first.json)
  expect(performance.now() - started).toBeLessThan(20_000)
})

test.each([
  ['a script that is not there', ['no such script'], 'script_not_found', 'script'],
  ['a tenant that is not there', ['hello', '--tenant', 'nobody'], 'tenant_not_found', 'tenant_key'],
])('%s: exit code 3', async (_, args, code, field) => {
  const ended = await cli.here(['run', '--tenant', tenant.key, '--json', ...args])
  expect(ended.code).toBe(3)
  expect(ended.json.error).toMatchObject({ code, field, hint: expect.any(String) })
})

test('leaves the run to a node where one runs', async () => {
  const node = await nodes.start({ database: cli.database })
  const { name } = await given('export default () => "there"')
  const { code, json } = await run(name)
  expect({ code, output: json.output }).toEqual({ code: 0, output: 'there' })
  const { rows } = await cli.database.owner.query<{ node_id: string }>(
    'select node_id from pgscript.executions where id = $1',
    [json.id],
  )
  expect(rows[0]?.node_id).toBe(node.nodeId)
})
