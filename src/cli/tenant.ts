import type { PoolClient } from 'pg'

import { asIdentity, systemOperator } from '../database/tenant-transaction.ts'
import { ConfigurationError } from '../errors.ts'
import { type Command, type CommandInput, exitCodes, print } from './command.ts'
import { openInstallation } from './installation.ts'

const verbs: Record<
  string,
  (client: PoolClient, input: CommandInput) => Promise<[value: unknown, lines: string[]]>
> = {
  create: upsert,
  update: upsert,
  suspend: (client, input) => setStatus(client, input, 'suspended'),
  resume: (client, input) => setStatus(client, input, 'active'),
  list,
  key,
}

export const tenantCommand: Command = {
  name: 'tenant',
  summary: 'Create, change, suspend and list tenants; make API keys',
  usage: `create KEY [--name NAME]
       pgscript tenant suspend|resume KEY
       pgscript tenant key KEY [--name NAME] [--scope PERMISSION …] [--expires ISO]
       pgscript tenant list

KEY is your platform's own id for the tenant. \`tenant key\` prints a new API key, once; without --scope
it may read and run scripts and read executions.`,
  options: {
    name: { type: 'string' },
    scope: { type: 'string', multiple: true },
    expires: { type: 'string' },
  },
  async run(input) {
    const [verb = ''] = input.positionals
    const work = verbs[verb]
    if (!work)
      throw new ConfigurationError(`tenant: give one of ${Object.keys(verbs).join(', ')}, not "${verb}".`)
    const { config, logger, json } = input
    const installation = await openInstallation({ config, logger, purpose: 'cli', roles: [] })
    try {
      const [value, lines] = await asIdentity(installation.database, systemOperator, (client) =>
        work(client, input),
      )
      print(json, value, lines)
      return exitCodes.ok
    } finally {
      await installation.close()
    }
  },
}

/** The tenant's key among the arguments. */
export function keyArgument({ positionals }: CommandInput, place = 1): string {
  const key = positionals[place]
  if (key) return key
  throw new ConfigurationError('Give the key of the tenant.')
}

async function upsert(client: PoolClient, input: CommandInput): Promise<[unknown, string[]]> {
  const { rows } = await client.query('select * from pgscript.upsert_tenant(key => $1, name => $2)', [
    keyArgument(input),
    input.values.name ?? null,
  ])
  return [rows[0], [`Tenant ${rows[0].key} (${rows[0].name}), ${rows[0].status}, id ${rows[0].id}`]]
}

async function setStatus(
  client: PoolClient,
  input: CommandInput,
  status: string,
): Promise<[unknown, string[]]> {
  const key = keyArgument(input)
  const known = await client.query('select from pgscript.tenants where key = $1', [key])
  if (known.rowCount === 0) throw new ConfigurationError(`There is no tenant with the key "${key}".`)
  const { rows } = await client.query('select * from pgscript.upsert_tenant(key => $1, status => $2)', [
    key,
    status,
  ])
  return [rows[0], [`Tenant ${rows[0].key} is ${rows[0].status}.`]]
}

async function list(client: PoolClient): Promise<[unknown, string[]]> {
  const { rows } = await client.query(
    'select id, key, name, status, created_at from pgscript.tenants order by key',
  )
  return [
    rows,
    rows.length === 0 ? ['No tenants yet.'] : rows.map((row) => `${row.key}  ${row.name}  ${row.status}`),
  ]
}

const usualScopes = ['scripts.read', 'scripts.execute', 'executions.read']

async function key(client: PoolClient, input: CommandInput): Promise<[unknown, string[]]> {
  const { name = 'command line', scope = usualScopes, expires = null } = input.values
  if (typeof expires === 'string' && Number.isNaN(Date.parse(expires))) {
    throw new ConfigurationError(
      `--expires: "${expires}" is not a time; give one such as 2030-01-31T12:00:00Z.`,
    )
  }
  const { rows } = await client.query(
    'select pgscript.create_api_key(tenant_key => $1, name => $2, scopes => $3, expires_at => $4) as key',
    [keyArgument(input), name, scope, expires],
  )
  return [{ apiKey: rows[0].key }, [rows[0].key]]
}
