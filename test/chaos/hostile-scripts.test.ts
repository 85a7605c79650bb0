import { beforeAll, describe, expect, test } from 'vitest'

import { type GivenTenant, givenTenant, onlyRow } from '../support/given-tenant.ts'
import { type NodeProcess, useNodes } from '../support/node-process.ts'
import { until } from '../support/until.ts'
import { useDatabase } from '../support/use-database.ts'

/** Body of the script, limits of its own, what it ends as, and the limit's code. */
type Case = [name: string, body: string, limits: Record<string, number>, status: string, code: string]

const soon = { wall_time_ms: 1_000 }
const wide = { wall_time_ms: 20_000, cpu_time_ms: 20_000 }

const cases: Case[] = [
  ['a loop', 'while (true) {}', soon, 'timeout', 'timeout'],
  ['a loop of processor time', 'while (true) {}', { cpu_time_ms: 500 }, 'failed', 'cpu_limit'],
  ['a promise that never settles', 'await new Promise(() => {})', soon, 'timeout', 'timeout'],
  [
    'a growing Map',
    'const map = new Map(); for (let i = 0; ; i += 1) map.set(i, {})',
    wide,
    'failed',
    'memory_limit',
  ],
  [
    'an allocation loop',
    'const all = []; for (;;) all.push(new Array(1e5).fill(1))',
    wide,
    'failed',
    'memory_limit',
  ],
  [
    'huge arrays in a loop',
    'const all = []; for (;;) all.push(new Array(6e7).fill(1.5))',
    wide,
    'failed',
    'memory_limit',
  ],
  ['deep recursion', 'const down = (n) => down(n + 1) + 1; return down(0)', wide, 'failed', 'script_error'],
  ['a huge output', 'return "x".repeat(5e6)', wide, 'failed', 'output_limit'],
  ['a flood of logs', 'for (;;) console.log("x".repeat(1e4))', soon, 'timeout', 'timeout'],
]

interface Answer {
  status: string
  output: unknown
  error: { code: string; message: string } | null
  logs: { message: string }[]
}

describe('a script that breaks a limit, through the whole node', () => {
  const database = useDatabase()
  const nodes = useNodes()
  let node: NodeProcess
  let hostile: Caller
  let canary: Caller

  beforeAll(async () => {
    node = await nodes.start({ database })
    hostile = await givenCaller()
    canary = await givenCaller()
    await save(canary, 'canary', 'export default () => "alive"')
  })

  test.for(cases)('%s', { timeout: 60_000 }, async ([name, body, limits, status, code]) => {
    await save(hostile, name, `export default async () => { ${body} }`, limits)
    const attack = run(hostile, name, 60)
    let over = false
    const settled = attack.finally(() => {
      over = true
    })

    const waits: number[] = []
    do {
      const asked = performance.now()
      expect(await run(canary, 'canary', 30)).toMatchObject({ status: 'completed', output: 'alive' })
      waits.push(performance.now() - asked)
    } while (!over)

    const answer = await settled
    expect([answer.status, answer.error?.code]).toEqual([status, code])
    expect(Math.max(...waits)).toBeLessThan(5_000)
    // Whatever was logged is kept up to the limit: 1,000 lines and 256 KB, and a mark.
    expect(JSON.stringify(answer.logs).length).toBeLessThan(300_000)
    expect(answer.error?.message).not.toContain('/')
    expect(node.processes()).toContain(node.pid)
    expect((await fetch(`${node.url}/health/live`)).status).toBe(200)
    await until(async () => (await fetch(`${node.url}/health/ready`)).status === 200)
  })

  interface Caller {
    tenant: GivenTenant
    apiKey: string
  }

  async function givenCaller(): Promise<Caller> {
    const tenant = await givenTenant(database)
    const { rows } = await database.owner.query<{ key: string }>(
      "select pgscript.create_api_key($1, 'test', array['scripts.execute', 'executions.read']) as key",
      [tenant.key],
    )
    return { tenant, apiKey: onlyRow(rows).key }
  }

  /** By plain SQL, as a host's program would; the node judges it. */
  async function save({ tenant }: Caller, name: string, source: string, limits = {}) {
    await database.owner.query('select pgscript.save_script($1, $2, $3, limits => $4)', [
      tenant.key,
      name,
      source,
      limits,
    ])
    await until(
      () =>
        database.owner.query('select pgscript.activate_script($1, $2)', [tenant.key, name]).then(
          () => true,
          (error) => error.constraint !== 'version_not_accepted' && Promise.reject(error),
        ),
      { within: 10_000, what: 'the version was accepted' },
    )
  }

  async function run({ apiKey }: Caller, script: string, wait: number): Promise<Answer> {
    const response = await fetch(`${node.url}/api/executions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ script, wait }),
    })
    return (await response.json()) as Answer
  }
})
