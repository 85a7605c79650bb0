import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'

import { afterAll, afterEach, beforeEach } from 'vitest'

import { processTable } from './process-table.ts'
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
  /** What it printed when it was ready. */
  readonly announced: { demo: { apiKey: string } | null }
  readonly log: readonly LogLine[]
  /** Resolves when the process has ended. */
  readonly ended: Promise<Ending>
  /** The processes of its sandbox hosts. */
  hosts(): number[]
  /** The processes of its group that live. */
  group(): number[]
  signal(name: NodeJS.Signals): void
  /** To every process of the group, as Ctrl-C in a terminal does. */
  signalGroup(name: NodeJS.Signals): void
  /** Whether it has logged a line with this message. */
  said(message: string): boolean
  /** The sum of a metric over its labels; those that are named must fit. */
  metric(name: string, labels?: Record<string, string>): Promise<number>
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

/**
 * Starts nodes for this file's tests. One that is started in a test is gone after it, one that is started
 * in `beforeAll` after the file, whatever becomes of the test; only processes started here are touched.
 */
export function useNodes(): Nodes {
  const groups = new Set<number>()
  let before = new Set<number>()

  const end = async (ours: readonly number[]) => {
    for (const group of ours) killGroup(group)
    await until(() => !processTable().some((row) => ours.includes(row.group)), { what: 'every node ended' })
    for (const group of ours) groups.delete(group)
  }
  const atExit = () => groups.forEach(killGroup)
  process.on('exit', atExit)

  beforeEach(() => {
    before = new Set(groups)
  })
  afterEach(() => end([...groups].filter((group) => !before.has(group))))
  afterAll(async () => {
    await end([...groups])
    process.off('exit', atExit)
  })

  return {
    async start(options) {
      const child = spawnNode(options)
      if (child.pid === undefined) throw new Error('the node could not be spawned')
      groups.add(child.pid)
      return await watchNode(child, child.pid)
    },
  }
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

function spawnNode({ database, args = [], environment, cwd }: NodeOptions): ChildProcess {
  const { PATH, HOME } = process.env
  return spawn(process.execPath, [launcher, 'start', '--port', '0', '--json', ...args], {
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
}

async function watchNode(child: ChildProcess, pid: number): Promise<NodeProcess> {
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('started without pipes')
  const log: LogLine[] = []
  createInterface(stderr).on('line', (line) => log.push(parseLine(line)))
  const ended = once(child, 'exit').then(([code, signal]): Ending => ({ code, signal }))

  const abandon = new AbortController()
  const timer = setTimeout(() => abandon.abort(), startMs)
  const ready = once(createInterface(stdout), 'line', { signal: abandon.signal })
  const [line] = await Promise.race([ready, ended.then(() => [])]).finally(() => clearTimeout(timer))
  const announced = parseLine(String(line)) as unknown as Announcement
  if (!announced.url)
    throw new Error(`the node is not ready: ${line}\n${log.map((entry) => entry.msg).join('\n')}`)

  const signal = (name: NodeJS.Signals) => void child.kill(name)
  const signalAndWait = (name: NodeJS.Signals) => {
    signal(name)
    return ended
  }
  return {
    pid,
    url: announced.url,
    nodeId: announced.nodeId,
    announced,
    log,
    ended,
    signal,
    signalGroup: (name) => void process.kill(-pid, name),
    hosts: () =>
      processTable()
        .filter(isHostOf(pid))
        .map((row) => row.pid),
    group: () =>
      processTable()
        .filter((row) => row.group === pid)
        .map((row) => row.pid),
    said: (message) => log.some((entry) => entry.msg === message),
    metric: (name, labels) => readMetric(announced.url, name, labels),
    stop: () => signalAndWait('SIGTERM'),
    kill: () => signalAndWait('SIGKILL'),
  }
}

interface Announcement {
  url: string
  nodeId: string
  demo: { apiKey: string } | null
}

function isHostOf(pid: number) {
  return (row: { parent: number; command: string }) =>
    row.parent === pid && row.command.includes('sandbox/host/main.ts')
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
