import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll } from 'vitest'

import type { RunBinding, RunScope } from '../../../src/bindings/binding.ts'
import { createDbBinding } from '../../../src/bindings/db/db-binding.ts'
import { openScriptDatabase, type ScriptDatabase } from '../../../src/bindings/db/script-database.ts'
import { silentLogger } from '../../../src/log.ts'
import type { GivenTenant } from '../../support/given-tenant.ts'
import type { TestDatabase } from '../../support/use-database.ts'

/** One run's `db`, as the guest calls it. */
export interface ScriptRun {
  scope: RunScope
  call(name: string, ...args: unknown[]): Promise<unknown>
  query(sql: string, params?: unknown[], transaction?: unknown): Promise<Record<string, unknown>[]>
  execute(sql: string, params?: unknown[], transaction?: unknown): Promise<{ rowCount: number }>
  begin(options?: unknown): Promise<string>
  /** As when the run is over. */
  end(): Promise<void>
}

export interface Scripts {
  readonly database: ScriptDatabase
  run(tenant: GivenTenant, scope?: Partial<RunScope>): ScriptRun
}

/** Scripts' own SQL on this file's database, with a pool of so many connections. */
export function useScripts(
  on: TestDatabase,
  connections: number,
  limits: { transactionMs?: number } = {},
): Scripts {
  const state: { current?: ScriptDatabase } = {}
  beforeAll(() => {
    state.current = openScriptDatabase({
      connection: on.connections.script,
      connections,
      database: on.node,
      logger: silentLogger,
    })
  })
  afterAll(async () => await state.current?.close())
  const current = () => {
    if (!state.current) throw new Error('useScripts: only inside tests and hooks')
    return state.current
  }
  return {
    get database() {
      return current()
    },
    run: (tenant, scope = {}) => openRun(createDbBinding(current(), limits), tenant, scope),
  }
}

function openRun(
  open: (run: RunScope) => RunBinding,
  tenant: GivenTenant,
  changes: Partial<RunScope>,
): ScriptRun {
  const over = new AbortController()
  const scope: RunScope = {
    tenantId: tenant.id,
    tenantKey: tenant.key,
    scriptId: null,
    scriptName: 'test',
    executionId: randomUUID(),
    userId: null,
    limits: {},
    settings: {},
    signal: over.signal,
    deadline: performance.now() + 30_000,
    ...changes,
  }
  const binding = open(scope)
  const call = async (name: string, ...args: unknown[]) => {
    // As it crosses to the node and back.
    const text = JSON.stringify(
      (await binding.calls[name]?.(JSON.parse(JSON.stringify(args)), Promise.resolve())) ?? null,
    )
    return JSON.parse(text)
  }
  const inTransaction = (transaction: unknown) => (transaction === undefined ? [] : [{ transaction }])
  return {
    scope,
    call,
    query: async (sql, params = [], transaction) =>
      await call('db.query', sql, params, ...inTransaction(transaction)),
    execute: async (sql, params = [], transaction) =>
      await call('db.execute', sql, params, ...inTransaction(transaction)),
    begin: async (options) => await call('db.begin', options),
    async end() {
      over.abort()
      await binding.close?.()
    },
  }
}
