import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'

import { afterAll, beforeAll } from 'vitest'

import { type Installation, openInstallation } from '../../src/cli/installation.ts'
import { type RunningNode, runNode } from '../../src/cli/run-node.ts'
import { type Config, loadConfig } from '../../src/config.ts'
import { createLogger, type Logger } from '../../src/log.ts'
import { createProxy, type Proxy as TcpProxy } from './tcp-proxy.ts'
import { type TestDatabase, useDatabase } from './use-database.ts'

export interface LogLine {
  level: string
  msg: string
  [field: string]: unknown
}

export interface Reply {
  status: number
  headers: Headers
  text: string
  /** The body as JSON; undefined when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: an answer is whatever the server sent.
  body: any
}

/** A real node in this process, on this file's own database. */
export interface TestNode {
  readonly database: TestDatabase
  readonly url: string
  readonly nodeId: string
  /** What it logged, from debug on. */
  readonly log: LogLine[]
  /** Between the node and PostgreSQL. */
  readonly proxy: TcpProxy
  /** Asks over HTTP; an object as `json` is sent as JSON. */
  ask(path: string, options?: RequestInit & { json?: unknown; key?: string }): Promise<Reply>
  close(): Promise<void>
}

export interface TestNodeOptions {
  config?: Partial<Config>
}

/** Opens a node before this file's tests, with one small sandbox host, and closes it after them. */
export function useNode({ config = {} }: TestNodeOptions = {}): TestNode {
  const database = useDatabase()
  const state: { current?: TestNode } = {}
  beforeAll(async () => {
    state.current = await openNode(database, config)
  })
  afterAll(() => state.current?.close())
  return new Proxy({} as TestNode, {
    get(_, property) {
      if (!state.current) throw new Error('useNode: the node exists only inside tests and hooks')
      return state.current[property as keyof TestNode]
    },
  })
}

async function openNode(database: TestDatabase, changes: Partial<Config>): Promise<TestNode> {
  const directory = mkdtempSync(join(tmpdir(), 'pgscript-node-'))
  const target = new URL(database.url)
  const proxy = await createProxy(Number(target.port), target.hostname)
  target.hostname = '127.0.0.1'
  target.port = String(proxy.port)
  const config: Config = {
    ...loadConfig({ PGSCRIPT_DATA_DIR: directory }),
    databaseUrl: target.href,
    secret: database.cluster.secret,
    rolePrefix: database.cluster.rolePrefix,
    port: 0,
    roles: ['http', 'executor'],
    sandboxHosts: 1,
    runsPerHost: 4,
    drainSeconds: 0,
    ...changes,
  }
  const { log, logger } = capturedLog()
  const installation = await openInstallation({ config, logger, purpose: 'test', roles: config.roles })
  const node = await runNode(installation, config, logger)
  const { url } = node.http
  let closing: Promise<void> | undefined
  return {
    database,
    url,
    nodeId: installation.database.nodeId,
    log,
    proxy,
    ask: (path, options) => ask(url + path, options),
    close() {
      closing ??= closeNode(node, installation, proxy, directory)
      return closing
    },
  }
}

async function closeNode(node: RunningNode, installation: Installation, proxy: TcpProxy, directory: string) {
  await node.close()
  await installation.close()
  await proxy.close()
  rmSync(directory, { recursive: true, force: true })
}

/** A logger whose lines are kept. */
export function capturedLog(): { log: LogLine[]; logger: Logger } {
  const log: LogLine[] = []
  const sink = new Writable({
    write(chunk, _, done) {
      log.push(JSON.parse(String(chunk)))
      done()
    },
  })
  return { log, logger: createLogger('debug', sink) }
}

type AskOptions = NonNullable<Parameters<TestNode['ask']>[1]>

async function ask(url: string, { json, key, ...init }: AskOptions = {}): Promise<Reply> {
  const headers = new Headers(init.headers)
  if (key !== undefined) headers.set('Authorization', `Bearer ${key}`)
  if (json !== undefined) headers.set('Content-Type', 'application/json')
  const response = await fetch(url, {
    ...init,
    headers,
    ...(json !== undefined && { method: init.method ?? 'POST', body: JSON.stringify(json) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
