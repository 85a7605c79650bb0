import type { RunScope } from '../../src/bindings/binding.ts'
import { openScriptApi } from '../../src/bindings/open-script-api.ts'
import { createSecretKeys, type SecretKeys } from '../../src/bindings/secret-keys.ts'
import type { Database } from '../../src/database/database.ts'
import { type Logger, silentLogger } from '../../src/log.ts'
import type { GivenTenant } from './given-tenant.ts'
import type { TestDatabase } from './use-database.ts'

export interface ScriptCalls {
  readonly run: RunScope
  /** The secrets that the run was given. */
  readonly secrets: string[]
  /** Calls the script API as a script does: JSON in, JSON out. */
  // biome-ignore lint/suspicious/noExplicitAny: an answer is whatever the part gave.
  call(name: string, ...args: unknown[]): Promise<any>
  /** The run is over. */
  end(): Promise<void>
}

export interface ScriptCallsOptions {
  scriptId?: string | null
  limits?: Record<string, number>
  secretKeys?: SecretKeys
  node?: Database
  logger?: Logger
}

export const testKeys = createSecretKeys('the secret of the tests, which nobody guesses')

/** A run of a tenant's script, as far as the host side of its API goes. */
export function scriptCalls(
  database: TestDatabase,
  tenant: GivenTenant,
  options: ScriptCallsOptions = {},
): ScriptCalls {
  const { scriptId = null, limits = {}, secretKeys = testKeys, node = database.node } = options
  const over = new AbortController()
  const secrets: string[] = []
  const run: RunScope = {
    tenantId: tenant.id,
    tenantKey: tenant.key,
    scriptId,
    scriptName: 'test',
    executionId: crypto.randomUUID(),
    userId: null,
    limits: { cache_bytes: 16_777_216, value_bytes: 262_144, ...limits },
    settings: {},
    signal: over.signal,
    deadline: performance.now() + 60_000,
    onSecret: (value) => void secrets.push(value),
  }
  const { logger = silentLogger } = options
  const egressAllowPrivate = { ranges: [], names: new Set<string>() }
  const whole = openScriptApi({
    database: node,
    secretKeys,
    logger,
    scriptConnection: database.connections.script,
    scriptConnections: 2,
    egressAllowPrivate,
  })
  const api = whole.open(run)
  return {
    run,
    secrets,
    call: async (name, ...args) => JSON.parse(await api.call(name, JSON.stringify(args), Promise.resolve())),
    async end() {
      over.abort()
      await api.close()
      await whole.close()
    },
  }
}
