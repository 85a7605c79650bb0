import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'

import { afterAll, afterEach, beforeEach } from 'vitest'

import { type ProcessRow, processTable } from './process-table.ts'
import { until } from './until.ts'
import type { TestDatabase } from './use-database.ts'

export interface NodeOptions {
  /** Absent: the node has the embedded server of its data directory. */
  database?: TestDatabase
  /** After `start --port 0 --json`. */
  args?: readonly string[]
  environment?: Record<string, string>
  cwd?: string
}

export interface LogLine {
  level: string
  msg: string
  [field: string]: unknown
}

export interface Ending {
  code: number | null
  signal: NodeJS.Signals | null
}

/** A node of pgscript: a real process, leader of a process group of its own as in a terminal. */
export interface NodeProcess {
  readonly pid: number
  readonly url: string
  readonly nodeId: string
  /** With --demo. */
  readonly demo: { apiKey: string } | null
  readonly log: readonly LogLine[]
  /** Resolves when the process has ended. */
  readonly ended: Promise<Ending>
  /** The processes of its sandbox hosts, those that still start included. */
  hosts(): number[]
  /** It and every process that it started, as far as they live. */
  processes(): number[]
  signal(name: NodeJS.Signals): void
  /** To every process of the group, as Ctrl-C in a terminal does. */
  signalGroup(name: NodeJS.Signals): void
  /** Whether it has logged so many lines with this message. */
  said(message: string, times?: number): boolean
  /** The sum of a metric over its labels; those that are named must fit. */
  metric(name: string, labels?: Record<string, string>): Promise<number>
  /** Runs that its sandbox hosts are at. */
  runningIsolates(): Promise<number>
  /** SIGTERM, and what became of it. */
  stop(): Promise<Ending>
  /** SIGKILL to the node alone. */
  kill(): Promise<Ending>
}

export interface Nodes {
  start(options: NodeOptions): Promise<NodeProcess>
}

const launcher = resolve('src/cli/launch.js')
/** Five times the slack of an installed node's start; the first one of a data directory makes the cluster. */
const startMs = 50_000

/** A spawned node, ready or not. */
interface Spawned {
  pid: number
  child: ChildProcess
  log: LogLine[]
  ended: Promise<Ending>
}

/**
 * Starts nodes for this file's tests. One that is started in a test is gone after it, one that is started
 * in `beforeAll` after the file, whatever becomes of the test; only processes started here are touched.
 */
export function useNodes(): Nodes {
  let all: Spawned[] = []
  let startedBefore: readonly Spawned[] = []

  const end = async (nodes: readonly Spawned[]) => {
    const rows = nodes.flatMap(processesOf)
    for (const node of nodes) node.child.kill('SIGKILL')
    const left = () =>
      processTable().filter((row) =>
        rows.some(({ pid, command }) => row.pid === pid && row.command === command),
      )
    await until(() => left().length === 0, { what: 'every process of every node has ended' })
    all = all.filter((node) => !nodes.includes(node))
  }
  const killAll = () => {
    for (const node of all) node.child.kill('SIGKILL')
  }
  process.on('exit', killAll)

  beforeEach(() => {
    startedBefore = all
  })
  afterEach(() => end(all.filter((node) => !startedBefore.includes(node))))
  afterAll(async () => {
    await end(all)
    process.off('exit', killAll)
  })

  return {
    async start(options) {
      const node = spawnNode(options)
      all = [...all, node]
      return await whenReady(node)
    },
  }
}

function spawnNode({ database, args = [], environment, cwd }: NodeOptions): Spawned {
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, [launcher, 'start', '--port', '0', '--json', ...args], {
    // What the tests themselves run with must not leak in, DATABASE_URL least of all.
    env: {
      PATH,
      HOME,
      PGSCRIPT_LOG_LEVEL: 'debug',
      ...(database && {
        DATABASE_URL: database.url,
        PGSCRIPT_SECRET: database.cluster.secret,
        PGSCRIPT_ROLE_PREFIX: database.cluster.rolePrefix,
      }),
      ...environment,
    },
    ...(cwd !== undefined && { cwd }),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (child.pid === undefined || !child.stderr) throw new Error('the node could not be spawned')
  const log: LogLine[] = []
  createInterface(child.stderr).on('line', (line) => log.push(parseLine(line)))
  const ended = once(child, 'exit').then(([code, signal]): Ending => ({ code, signal }))
  return { pid: child.pid, child, log, ended }
}

async function whenReady(node: Spawned): Promise<NodeProcess> {
  const { pid, child, log, ended } = node
  const { url, nodeId, demo } = await announcementOf(node)
  const signal = (name: NodeJS.Signals) => void child.kill(name)
  const signalAndWait = (name: NodeJS.Signals) => {
    signal(name)
    return ended
  }
  return {
    pid,
    url,
    nodeId,
    demo,
    log,
    ended,
    hosts: () =>
      processesOf(node)
        .filter(isHost)
        .map((row) => row.pid),
    processes: () => processesOf(node).map((row) => row.pid),
    signal,
    signalGroup: (name) => void process.kill(-pid, name),
    said: (message, times = 1) => log.filter(({ msg }) => msg === message).length >= times,
    metric: (name, labels) => readMetric(url, name, labels),
    runningIsolates: () => readMetric(url, 'pgscript_pool_isolates', { state: 'running' }),
    stop: () => signalAndWait('SIGTERM'),
    kill: () => signalAndWait('SIGKILL'),
  }
}

async function announcementOf({ child, log, ended }: Spawned): Promise<Announcement> {
  if (!child.stdout) throw new Error('the node has no standard output')
  const deadline = AbortSignal.timeout(startMs)
  const ready = once(createInterface(child.stdout), 'line', { signal: deadline })
  const [line] = await Promise.race([ready, ended.then(() => [])])
  const announced: Partial<Announcement> = JSON.parse(line ?? '{}')
  const { url, nodeId, demo = null } = announced
  if (url && nodeId) return { url, nodeId, demo }
  throw new Error(`the node is not ready: ${line}\n${log.map(({ msg }) => msg).join('\n')}`)
}

/** Its hosts are sessions of their own and outlive it for a moment; the log remembers which they were. */
function processesOf({ pid, log }: Spawned): ProcessRow[] {
  const hosts = new Set(log.filter(({ msg }) => msg === 'sandbox host started').map((line) => line.pid))
  return processTable().filter(
    (row) => row.group === pid || row.parent === pid || (hosts.has(row.pid) && isHost(row)),
  )
}

function isHost({ command }: ProcessRow): boolean {
  return command.includes('sandbox/host/main.ts')
}

interface Announcement {
  url: string
  nodeId: string
  demo: { apiKey: string } | null
}

function parseLine(line: string): LogLine {
  try {
    return JSON.parse(line)
  } catch {
    return { level: 'raw', msg: line }
  }
}

async function readMetric(url: string, name: string, labels: Record<string, string> = {}): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`)
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}
