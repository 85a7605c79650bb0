import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, expect, test } from 'vitest'

import { type NodeProcess, useNodes } from '../support/node-process.ts'
import { processTable } from '../support/process-table.ts'
import { until } from '../support/until.ts'

const servers = () => pidsOf(`postgres -D ${directory}`)
/** Of a node that was killed: it waits for half a minute in case nobody takes the server over. */
const watchdogs = () => pidsOf('pgscript-watchdog')
const traces = () => pidsOf('')

const directory = mkdtempSync(join(tmpdir(), 'pgscript-node-'))
// PostgreSQL may have to run as another user.
chmodSync(directory, 0o755)

const nodes = useNodes()
afterAll(async () => {
  // Leaders of groups of their own.
  for (const pid of watchdogs()) process.kill(-pid, 'SIGKILL')
  for (const pid of servers()) process.kill(pid, 'SIGQUIT')
  await until(() => servers().length === 0, { what: 'PostgreSQL has ended' })
  rmSync(directory, { recursive: true, force: true })
})

const start = () =>
  nodes.start({ args: ['--demo'], cwd: directory, environment: { PGSCRIPT_SANDBOX_HOSTS: '1' } })

// One after the other on one data directory, for each needs the data of the one before.
test('a node without DATABASE_URL: Ctrl-C leaves no process, the next start finds the data', async () => {
  const first = await start()
  const id = await greet(first, 'first')
  expect(servers()).toHaveLength(1)
  first.signalGroup('SIGINT')
  expect(await first.ended).toEqual({ code: 0, signal: null })
  expect(first.processes()).toEqual([])
  expect(traces()).toEqual([])

  const second = await start()
  expect(second.demo?.apiKey).toBe(first.demo?.apiKey)
  expect(await find(second, id)).toMatchObject({ status: 'completed', output: { greeting: 'Hello, first!' } })
  await greet(second, 'second')
  expect(await second.stop()).toEqual({ code: 0, signal: null })
  expect(traces()).toEqual([])
}, 120_000)

test('killed with SIGKILL: the next start takes the server over, with its data', async () => {
  const killed = await start()
  const id = await greet(killed, 'killed')
  const [server] = servers()
  await killed.kill()

  const next = await start()
  expect(servers()).toEqual([server])
  expect(await find(next, id)).toMatchObject({ status: 'completed', output: { greeting: 'Hello, killed!' } })
  await greet(next, 'next')
  expect(await next.stop()).toEqual({ code: 0, signal: null })
  expect(traces()).toEqual(watchdogs())
}, 120_000)

test('two nodes on one data directory: the last to stop stops the server', async () => {
  const pair = await Promise.all([start(), start()])
  expect(servers()).toHaveLength(1)
  const [one, other] = pair
  const id = await greet(one, 'pair')
  expect(await find(other, id)).toMatchObject({ status: 'completed' })

  expect(await one.stop()).toEqual({ code: 0, signal: null })
  expect(servers()).toHaveLength(1)
  await greet(other, 'still there')
  expect(await other.stop()).toEqual({ code: 0, signal: null })
  expect(traces()).toEqual(watchdogs())
}, 120_000)

/** Of the processes that have to do with the directory: node, PostgreSQL, its back ends, watchdogs. */
function pidsOf(text: string): number[] {
  const rows = processTable().filter(({ command }) => command.includes(directory) && command.includes(text))
  return rows.map(({ pid }) => pid)
}

async function greet(node: NodeProcess, name: string): Promise<string> {
  const { status, body } = await ask(node, '', {
    method: 'POST',
    body: JSON.stringify({ script: 'hello', input: { name }, wait: 30 }),
  })
  expect(status).toBe(200)
  expect(body).toMatchObject({ status: 'completed', output: { greeting: `Hello, ${name}!` } })
  return body.id
}

async function find(node: NodeProcess, id: string): Promise<unknown> {
  return (await ask(node, `/${id}`)).body
}

async function ask(node: NodeProcess, path: string, request: RequestInit = {}) {
  const response = await fetch(`${node.url}/api/executions${path}`, {
    ...request,
    headers: { authorization: `Bearer ${node.demo?.apiKey}`, 'content-type': 'application/json' },
  })
  return { status: response.status, body: (await response.json()) as { id: string } }
}
