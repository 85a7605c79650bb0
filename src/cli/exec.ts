import { basename } from 'node:path'

import { openScriptApi } from '../bindings/open-script-api.ts'
import type { Database } from '../database/database.ts'
import { query } from '../database/database.ts'
import { asIdentity, systemOperator } from '../database/tenant-transaction.ts'
import { ConfigurationError } from '../errors.ts'
import type { Settings } from '../executor/load-version.ts'
import { openSandbox } from '../executor/open-sandbox.ts'
import { type AdHocResult, type AdHocRun, runAdHoc } from '../executor/run-ad-hoc.ts'
import { createScriptService } from '../scripts/script-service.ts'
import { type Command, type CommandInput, exitCodes, print } from './command.ts'
import { forTerminal } from './for-terminal.ts'
import { openInstallation } from './installation.ts'
import { parseJsonOption } from './json-option.ts'
import { withDatabaseNames } from './limit-names.ts'
import { resultLines } from './result-lines.ts'
import { readScriptFile } from './script-file.ts'
import { TenantNotFoundError } from './tenant-not-found.ts'

export const execCommand: Command = {
  name: 'exec',
  summary: 'Run a file in the sandbox, without saving it as a script',
  usage: `FILE [--input JSON] [--tenant KEY] [--limits JSON] [--json]

  --input JSON   {} by default
  --tenant KEY   as which tenant; demo where it exists, otherwise none
  --limits JSON  such as {"wall_time_ms": 500, "memory_mb": 32}; {"wallTimeMs": 500} means the same

FILE may be - for standard input. Prints { status, output, error, logs, metrics } with --json; nothing is
recorded. Exit code 1 when the script did not complete.`,
  options: {
    input: { type: 'string', short: 'i' },
    tenant: { type: 'string', short: 't' },
    limits: { type: 'string' },
  },
  maxArguments: 1,
  async run(input) {
    const { config, logger, json, positionals, values } = input
    const [file] = positionals
    if (!file) throw new ConfigurationError('exec: give the FILE to run.')
    const jsonInput = JSON.stringify(parseJsonOption(values.input, '--input'))
    const wantedLimits = withDatabaseNames(parseJsonOption(values.limits, '--limits'))
    const source = await readScriptFile('exec', file)

    const installation = await openInstallation({ config, logger, purpose: 'exec', roles: [] })
    const scripts = createScriptService({ logger })
    try {
      const { database, secretKeys } = installation
      const tenant = await findTenant(database, values.tenant)
      const { limits, settings } = await limitsFor(database, tenant, wantedLimits)
      const { sandbox } = await openSandbox({ ...config, sandboxHosts: 1 }, logger)
      const api = openScriptApi({
        database,
        secretKeys,
        logger,
        scriptConnection: installation.connections.script,
        scriptConnections: config.scriptConnections,
        egressAllowPrivate: config.egressAllowPrivate,
      })
      try {
        const result = await runAdHoc(
          { database, sandbox, scripts, api },
          { ...fileOf(file), source, input: jsonInput, tenant, limits, settings },
        )
        print(json, result, resultLines(result))
        return exitCodeOf(result)
      } finally {
        await sandbox.close()
        await api.close()
      }
    } finally {
      await scripts.close()
      await installation.close()
    }
  },
}

/** What comes by standard input may be in either language. */
function fileOf(file: string): Pick<AdHocRun, 'fileName' | 'language'> {
  if (file === '-') return { fileName: 'stdin.js', language: undefined }
  return {
    fileName: forTerminal(basename(file)).replaceAll('\n', '\ufffd'),
    language: /\.m?ts$/.test(file) ? 'typescript' : 'javascript',
  }
}

interface Tenant {
  id: string
  key: string
  name: string
}

/** Outside every tenant: no row belongs to it. */
const noTenant: Tenant = { id: '00000000-0000-0000-0000-000000000000', key: 'none', name: 'No tenant' }

async function findTenant(database: Database, asked: CommandInput['values'][string]): Promise<Tenant> {
  const key = typeof asked === 'string' ? asked : 'demo'
  const found = await asIdentity(database, systemOperator, async (client) => {
    const { rows } = await client.query<Tenant>('select id, key, name from pgscript.tenants where key = $1', [
      key,
    ])
    return rows[0]
  })
  if (found) return found
  if (asked === undefined) return noTenant
  throw new TenantNotFoundError(key)
}

async function limitsFor(
  database: Database,
  tenant: Tenant,
  wanted: unknown,
): Promise<{ limits: Record<string, number>; settings: Settings }> {
  const [row] = await query<{ limits: Record<string, number>; settings: Settings }>(
    database,
    'select pgscript_engine.limits_for($1, $2) as limits, pgscript_engine.settings_for($1) as settings',
    [tenant.id, JSON.stringify(wanted)],
  )
  if (!row) throw new Error('limits_for returned no row')
  return row
}

function exitCodeOf(result: AdHocResult) {
  return result.status === 'completed' ? exitCodes.ok : exitCodes.failed
}
