import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

import { Client, type QueryResultRow } from 'pg'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'

import {
  type EmbeddedServer,
  type EmbeddedServerOptions,
  startEmbeddedServer,
} from '../../src/database/embedded-server.ts'

/** A process of its own that holds, or tried to hold, a server. */
export interface Holder {
  /** What it got; `code` and `message` when it got an error. */
  got: { pid: number; port: number; owned: boolean; url: string; code?: string; message?: string }
  process: ChildProcess
  /** Has it release the server and end. */
  release(): Promise<void>
  /** Ends it with SIGKILL. */
  kill(): Promise<void>
}

export interface Clusters {
  /** An empty directory that every user can reach, or only its owner. */
  emptyDir(options?: { closed: boolean }): string
  /**
   * This file's data directory: its cluster holds the table `kept` with one row. Every test that heals
   * what it breaks shares it, for a copy takes longer than many a test.
   */
  readonly dataDir: string
  /** A copy of it, to be destroyed. */
  copy(): string
  start(dataDir: string, options?: Partial<EmbeddedServerOptions>): Promise<EmbeddedServer>
  /** The same in another process, which may run as another user. */
  startElsewhere(
    dataDir: string,
    options?: Partial<EmbeddedServerOptions> & { uid?: number },
  ): Promise<Holder>
}

/** Data directories for this file's tests; whatever runs in them is stopped after each test. */
export function useClusters(): Clusters {
  const root = mkdtempSync(join(tmpdir(), 'pgscript-clusters-'))
  chmodSync(root, 0o755)
  const dataDir = join(root, 'data')
  const held: { release(): Promise<void> }[] = []

  const start: Clusters['start'] = async (directory, options) => {
    const server = await startEmbeddedServer({ dataDir: directory, fsync: false, ...options })
    held.push(server)
    return server
  }
  const startElsewhere: Clusters['startElsewhere'] = async (directory, { uid, ...options } = {}) => {
    const holder = await startHolder({ dataDir: directory, fsync: false, ...options }, uid)
    held.push(holder)
    return holder
  }
  const emptyDir: Clusters['emptyDir'] = ({ closed } = { closed: false }) => {
    const directory = mkdtempSync(join(root, 'case-'))
    chmodSync(directory, closed ? 0o700 : 0o755)
    return directory
  }

  beforeAll(async () => {
    const server = await startEmbeddedServer({ dataDir, fsync: false })
    await query(server.url, 'create table kept as select 1 as value')
    await server.release()
  })
  afterEach(async () => {
    for (const holder of held.splice(0)) await holder.release()
    for (const pid of serversUnder(root)) process.kill(pid, 'SIGQUIT')
    await expect.poll(() => serversUnder(root), { timeout: 10_000 }).toEqual([])
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  const copy = () => {
    const target = join(emptyDir(), 'data')
    execFileSync('cp', ['-Rp', dataDir, target])
    return target
  }
  return { dataDir, emptyDir, copy, start, startElsewhere }
}

export async function query<Row extends QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

/** Whether a process lives; a zombie does not. */
export function isAlive(pid: number): boolean {
  return /^[^Z]/.test(processField(pid, 'stat'))
}

/** One column of `ps` about a process; empty when there is no such process. */
export function processField(pid: number, field: string): string {
  try {
    return execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

/** The processes whose command line has a text. */
export function processesWith(text: string): number[] {
  const lines = execFileSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' }).split('\n')
  return lines.filter((line) => line.includes(text)).map((line) => Number.parseInt(line, 10))
}

/** The servers (not their back ends) with data below a directory. */
function serversUnder(directory: string): number[] {
  return processesWith(`postgres -D ${directory}`)
}

async function startHolder(options: EmbeddedServerOptions, uid: number | undefined): Promise<Holder> {
  const script = resolve('test/support/embedded-holder.ts')
  const child = spawn(process.execPath, [script, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  const ended = once(child, 'exit')
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    ended.then(() => ['{"code":"ended"}']),
  ])
  return {
    got: JSON.parse(String(line)),
    process: child,
    async release() {
      child.stdin.end()
      await ended
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** The files of a data directory, by name. */
export function filesOf(dataDir: string): string[] {
  return existsSync(dataDir) ? readdirSync(dataDir) : []
}

export function pidFileOf(dataDir: string): string {
  return join(dataDir, 'postgres-18', 'postmaster.pid')
}

export function readText(path: string): string {
  return readFileSync(path, 'utf8')
}
