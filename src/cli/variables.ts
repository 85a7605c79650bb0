import type { PoolClient } from 'pg'

import { ConfigurationError } from '../errors.ts'
import type { Command, CommandInput } from './command.ts'
import { parseJsonOption } from './json-option.ts'
import { requireTenant, tenantOption } from './tenant-option.ts'
import { runVerb, type Shown, type Verb } from './verbs.ts'

const verbs: Record<string, Verb> = { set, list, delete: remove }

export const variablesCommand: Command = {
  name: 'variables',
  summary: 'Set, list and delete variables of a tenant: plain values for its scripts',
  usage: `set NAME JSON [--tenant KEY] [--description TEXT]
       pgscript variables list [--tenant KEY]
       pgscript variables delete NAME [--tenant KEY]

  --tenant KEY        demo by default
  --description TEXT  what it is for

JSON is the value, such as 0.2 or '"text"' or '{"vat": 0.2}'.`,
  options: {
    tenant: { type: 'string', short: 't' },
    description: { type: 'string' },
  },
  maxArguments: 3,
  run: (input) => runVerb('variables', verbs, input),
}

async function set(client: PoolClient, input: CommandInput): Promise<Shown> {
  const [, name, json] = input.positionals
  if (name === undefined || json === undefined)
    throw new ConfigurationError('variables set: give the NAME of the variable and its value as JSON.')
  const { rows } = await client.query(
    `select name, value, description, updated_at from pgscript.set_variable(
       tenant_key => $1, name => $2, value => $3, description => $4)`,
    [
      tenantOption(input),
      name,
      JSON.stringify(parseJsonOption(json, 'JSON')),
      input.values.description ?? null,
    ],
  )
  return [rows[0], [`${rows[0].name} = ${JSON.stringify(rows[0].value)}`]]
}

async function list(client: PoolClient, input: CommandInput): Promise<Shown> {
  const { rows } = await client.query(
    `select variable.name, variable.value, variable.description, variable.updated_at
     from pgscript.variables as variable join pgscript.tenants as tenant on tenant.id = variable.tenant_id
     where tenant.key = $1
     order by variable.name`,
    [await requireTenant(client, input)],
  )
  const lines = rows.map(({ name, value, description }) =>
    `${name} = ${JSON.stringify(value)}  ${description}`.trimEnd(),
  )
  return [rows, lines.length === 0 ? ['No variables yet.'] : lines]
}

async function remove(client: PoolClient, input: CommandInput): Promise<Shown> {
  const [, name] = input.positionals
  if (name === undefined) throw new ConfigurationError('variables delete: give the NAME of the variable.')
  await client.query('select pgscript.delete_variable($1, $2)', [tenantOption(input), name])
  return [{ name, deleted: true }, [`Variable ${name} is deleted.`]]
}
