import { beforeAll, describe, expect, test } from 'vitest'

import { executionsOf, givenSource, waits, whenFinished } from '../support/executions-of.ts'
import type { GivenScript } from '../support/given-script.ts'
import { type GivenTenant, givenTenant, onlyRow } from '../support/given-tenant.ts'
import { type NodeProcess, useNodes } from '../support/node-process.ts'
import { until } from '../support/until.ts'
import { useDatabase } from '../support/use-database.ts'

describe('a caller that waits at one node for what another runs', () => {
  const database = useDatabase()
  const nodes = useNodes()
  let door: NodeProcess
  let worker: NodeProcess
  let tenant: GivenTenant
  let script: GivenScript
  let apiKey: string

  beforeAll(async () => {
    const environment = { PGSCRIPT_SANDBOX_HOSTS: '1' }
    ;[door, worker] = await Promise.all([
      nodes.start({ database, args: ['--role', 'http'] }),
      nodes.start({ database, args: ['--role', 'executor'], environment }),
    ])
    tenant = await givenTenant(database)
    script = await givenSource(database, tenant, waits)
    const { rows } = await database.owner.query<{ key: string }>(
      "select pgscript.create_api_key($1, 'test', array['scripts.execute', 'executions.read']) as key",
      [tenant.key],
    )
    apiKey = onlyRow(rows).key
  })

  test('gets the result when it is there', async () => {
    const asked = performance.now()
    const { status, body } = await post({ ms: 500 }, 30)
    expect(status).toBe(200)
    expect(body).toMatchObject({ status: 'completed', output: { execution: body.id } })
    expect(performance.now() - asked).toBeLessThan(10_000)
    const [row] = (await executionsOf(database, tenant)).filter(({ id }) => id === body.id)
    expect(row?.node_id).toBe(worker.nodeId)
    expect(door.hosts()).toEqual([])
  })

  test('gets its own result among many', async () => {
    const asked = performance.now()
    const answers = await Promise.all(Array.from({ length: 30 }, (_, number) => post({ number }, 30)))
    expect(performance.now() - asked).toBeLessThan(15_000)
    for (const { status, body } of answers) {
      expect([status, body.output?.execution]).toEqual([200, body.id])
    }
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(30)
  })

  test('may hang up: the run goes on, and so does the node', async () => {
    const hungUp = new AbortController()
    const before = (await executionsOf(database, tenant)).length
    const answer = post({ ms: 1_500 }, 30, hungUp.signal)
    await until(async () => (await worker.runningIsolates()) === 1)
    hungUp.abort()
    await expect(answer).rejects.toThrow()

    const finished = await whenFinished(database, tenant)
    expect(finished).toHaveLength(before + 1)
    expect(finished.at(-1)).toMatchObject({ status: 'completed', input: { ms: 1_500 }, attempt: 1 })
    expect((await post({}, 30)).status).toBe(200)
  })

  test('gets the id when it has waited long enough, and the result later', async () => {
    const { status, body, location } = await post({ ms: 3_000 }, 0.5)
    expect([status, body.status]).toEqual([202, 'running'])
    expect(location).toBe(`/api/executions/${body.id}`)
    const { status: later } = await until(
      async () => {
        const found = await ask(location ?? '')
        return found.status !== 'running' && found
      },
      { within: 15_000 },
    )
    expect(later).toBe('completed')
  })

  test('gets the id at once when it does not want to wait', async () => {
    const { status, body } = await post({}, false)
    expect([status, body.status]).toEqual([202, 'pending'])
    await until(async () => (await ask(`/api/executions/${body.id}`)).status === 'completed')
  })

  interface Answer {
    id: string
    status: string
    output?: { execution: string }
  }

  async function post(input: unknown, wait: number | boolean, signal?: AbortSignal) {
    const response = await fetch(`${door.url}/api/executions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ script: script.name, input, wait }),
      ...(signal && { signal }),
    })
    const body = (await response.json()) as Answer
    return { status: response.status, location: response.headers.get('location'), body }
  }

  async function ask(path: string): Promise<Answer> {
    const response = await fetch(door.url + path, { headers: { authorization: `Bearer ${apiKey}` } })
    expect(response.status).toBe(200)
    return (await response.json()) as Answer
  }
})
