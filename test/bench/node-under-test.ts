import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

import { startEmbeddedServer } from '../../src/database/embedded-server.ts'
import { databaseUrl, dropRoles, onAdmin } from '../support/test-cluster.ts'

export interface NodeUnderTest {
  url: string
  apiKey: string
  /** Such as `18.4`. */
  serverVersion: string
  /** Of the server it runs on. */
  adminUrl: string
  pool: pg.Pool
  close(): Promise<void>
}

/**
 * A real node (`pgscript start --demo`) on a database made for this run: on the server of DATABASE_URL,
 * otherwise on an embedded one with its storage as durable as in production.
 */
export async function startNodeUnderTest(): Promise<NodeUnderTest> {
  const dataDir = await mkdtemp(join(tmpdir(), 'pgscript-bench-'))
  const undo: (() => Promise<unknown>)[] = [() => rm(dataDir, { recursive: true, force: true })]
  const close = async () => {
    for (const step of undo.toReversed()) await step()
  }
  try {
    const { adminUrl, rolePrefix } = await findServer(dataDir, undo)
    const name = `pgscript_bench_${randomBytes(4).toString('hex')}`
    await onAdmin(adminUrl, (admin) => admin.query(`create database ${name}`))
    undo.push(() => onAdmin(adminUrl, (admin) => admin.query(`drop database ${name} with (force)`)))

    const database = databaseUrl(adminUrl, name)
    const { url, server, demo } = await startNode(
      dataDir,
      { DATABASE_URL: database, PGSCRIPT_ROLE_PREFIX: rolePrefix },
      undo,
    )
    const pool = new pg.Pool({ connectionString: database, max: 2 })
    undo.push(() => pool.end())
    return { url, apiKey: demo.apiKey, serverVersion: server, adminUrl, pool, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function findServer(dataDir: string, undo: (() => Promise<unknown>)[]) {
  const { DATABASE_URL } = process.env
  if (!DATABASE_URL) {
    const embedded = await startEmbeddedServer({ dataDir, temporary: true })
    undo.push(() => embedded.release())
    return { adminUrl: embedded.adminUrl, rolePrefix: 'pgscript' }
  }
  // Roles belong to the whole cluster; ours must not meet an installation's.
  const rolePrefix = `pgscript_bench_${randomBytes(4).toString('hex')}`
  undo.push(() => onAdmin(DATABASE_URL, (admin) => dropRoles(admin, rolePrefix)))
  return { adminUrl: DATABASE_URL, rolePrefix }
}

interface Announcement {
  url: string
  server: string
  demo: { apiKey: string }
}

async function startNode(
  dataDir: string,
  environment: Record<string, string>,
  undo: (() => Promise<unknown>)[],
): Promise<Announcement> {
  const launcher = fileURLToPath(new URL('../../src/cli/launch.js', import.meta.url))
  const child: ChildProcess = spawn(
    process.execPath,
    [launcher, 'start', '--port', '0', '--demo', '--json'],
    {
      env: { PATH: process.env.PATH, PGSCRIPT_DATA_DIR: dataDir, PGSCRIPT_LOG_LEVEL: 'warn', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = once(child, 'exit')
  undo.push(async () => {
    child.kill('SIGTERM')
    await ended
  })
  if (!child.stdout) throw new Error('started without a pipe')
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended.then(() => [])])
  if (line === undefined) throw new Error('the node ended before it was ready')
  return JSON.parse(String(line))
}
