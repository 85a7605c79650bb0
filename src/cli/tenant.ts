import type { PoolClient } from 'pg'

import { ConfigurationError } from '../errors.ts'
import type { Command, CommandInput } from './command.ts'
import { parseJsonOption } from './json-option.ts'
import { numberOption } from './number-option.ts'
import { TenantNotFoundError } from './tenant-not-found.ts'
import { runVerb, type Shown, type Verb } from './verbs.ts'

const verbs: Record<string, Verb> = {
  create: upsert,
  update: upsert,
  suspend: (client, input) => setStatus(client, input, 'suspended'),
  resume: (client, input) => setStatus(client, input, 'active'),
  list,
  key,
  settings,
}

export const tenantCommand: Command = {
  name: 'tenant',
  summary: 'Create, change, suspend and list tenants; make API keys',
  usage: `create|update KEY [--name NAME] [--limits JSON] [--quotas JSON] [--retention-days N] [--weight N]
       pgscript tenant suspend|resume KEY
       pgscript tenant key KEY [--name NAME] [--scope PERMISSION …] [--expires ISO]
       pgscript tenant settings KEY [JSON]
       pgscript tenant list

KEY is your platform's own id for the tenant. \`tenant key\` prints a new API key, once; without --scope
it may read and run scripts and read executions.

\`tenant settings\` changes what JSON gives, such as {"isolation": "context"} (null: back to the default), and
prints all that are in force.

  --limits JSON       such as {"concurrent_runs_per_tenant": 50, "memory_mb": 128}
  --quotas JSON       such as {"executions_per_hour": 10000, "stored_bytes": 1000000000}
  --retention-days N  7, 30, 90 or 365: how long finished executions are kept
  --weight N          the tenant's share of the nodes beside others, 1 by default`,
  options: {
    name: { type: 'string' },
    scope: { type: 'string', multiple: true },
    expires: { type: 'string' },
    limits: { type: 'string' },
    quotas: { type: 'string' },
    'retention-days': { type: 'string' },
    weight: { type: 'string' },
  },
  maxArguments: 3,
  run: (input) => runVerb('tenant', verbs, input),
}

/** The tenant's key among the arguments. */
function keyArgument({ positionals }: CommandInput): string {
  const [, key] = positionals
  if (key) return key
  throw new ConfigurationError(`tenant ${positionals[0]}: give the KEY of the tenant.`)
}

async function upsert(client: PoolClient, input: CommandInput): Promise<Shown> {
  const { values } = input
  const json = (name: 'limits' | 'quotas') =>
    values[name] === undefined ? null : JSON.stringify(parseJsonOption(values[name], `--${name}`))
  const { rows } = await client.query(
    `select * from pgscript.upsert_tenant(
       key => $1, name => $2, limits => $3, quotas => $4, retention_days => $5, weight => $6)`,
    [
      keyArgument(input),
      values.name ?? null,
      json('limits'),
      json('quotas'),
      numberOption(values['retention-days'], '--retention-days', null, { min: 7, max: 365, whole: true }),
      numberOption(values.weight, '--weight', null, { min: 0.001, max: 1000 }),
    ],
  )
  return [rows[0], [`Tenant ${rows[0].key} (${rows[0].name}), ${rows[0].status}, id ${rows[0].id}`]]
}

async function setStatus(client: PoolClient, input: CommandInput, status: string): Promise<Shown> {
  const key = keyArgument(input)
  const known = await client.query('select from pgscript.tenants where key = $1', [key])
  if (known.rowCount === 0) throw new TenantNotFoundError(key)
  const { rows } = await client.query('select * from pgscript.upsert_tenant(key => $1, status => $2)', [
    key,
    status,
  ])
  return [rows[0], [`Tenant ${rows[0].key} is ${rows[0].status}.`]]
}

async function settings(client: PoolClient, input: CommandInput): Promise<Shown> {
  const changes = parseJsonOption(input.positionals[2] ?? '{}', 'JSON')
  const { rows } = await client.query(
    'select pgscript.set_tenant_settings(tenant_key => $1, settings => $2) as settings',
    [keyArgument(input), JSON.stringify(changes)],
  )
  const inForce: Record<string, unknown> = rows[0].settings
  return [inForce, Object.entries(inForce).map(([name, value]) => `${name}  ${JSON.stringify(value)}`)]
}

async function list(client: PoolClient): Promise<Shown> {
  const { rows } = await client.query(
    'select id, key, name, status, created_at from pgscript.tenants order by key',
  )
  return [
    rows,
    rows.length === 0 ? ['No tenants yet.'] : rows.map((row) => `${row.key}  ${row.name}  ${row.status}`),
  ]
}

const usualScopes = ['scripts.read', 'scripts.execute', 'executions.read']

async function key(client: PoolClient, input: CommandInput): Promise<Shown> {
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
