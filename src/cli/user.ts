import type { PoolClient } from 'pg'

import { ConfigurationError } from '../errors.ts'
import type { Command, CommandInput } from './command.ts'
import { runVerb, type Shown, type Verb } from './verbs.ts'

const verbs: Record<string, Verb> = {
  create,
  'set-role': setRole,
  remove,
  list,
}

export const userCommand: Command = {
  name: 'user',
  summary: 'Create users, and make them members of tenants',
  usage: `create [--email ADDRESS] [--external-id ID] [--name NAME] [--operator] [--tenant KEY --role ROLE]
       pgscript user set-role USER --tenant KEY --role admin|developer|viewer|…
       pgscript user remove USER --tenant KEY
       pgscript user list [--tenant KEY]

USER is an e-mail address, an external id or an id.`,
  options: {
    email: { type: 'string' },
    'external-id': { type: 'string' },
    name: { type: 'string' },
    operator: { type: 'boolean' },
    tenant: { type: 'string', short: 't' },
    role: { type: 'string' },
  },
  maxArguments: 2,
  run: (input) => runVerb('user', verbs, input),
}

async function create(client: PoolClient, { values }: CommandInput): Promise<Shown> {
  const { rows } = await client.query(
    'select * from pgscript.upsert_user(email => $1, external_id => $2, name => $3, is_operator => $4)',
    [values.email ?? null, values['external-id'] ?? null, values.name ?? null, values.operator ?? null],
  )
  const [user] = rows
  if (values.tenant) {
    await client.query('select pgscript.set_membership(tenant_key => $1, member => $2, role => $3)', [
      values.tenant,
      user.id,
      values.role ?? 'developer',
    ])
  }
  return [user, [`User ${user.email ?? user.external_id} (${user.name}), id ${user.id}`]]
}

async function setRole(client: PoolClient, { positionals, values }: CommandInput): Promise<Shown> {
  const [, member] = positionals
  if (!member || !values.tenant || !values.role) {
    throw new ConfigurationError('user set-role: give USER, --tenant KEY and --role ROLE.')
  }
  await client.query('select pgscript.set_membership($1, $2, $3)', [values.tenant, member, values.role])
  return [
    { member, tenant: values.tenant, role: values.role },
    [`${member} is ${values.role} of ${values.tenant}.`],
  ]
}

async function remove(client: PoolClient, { positionals, values }: CommandInput): Promise<Shown> {
  const [, member] = positionals
  if (!member || !values.tenant) throw new ConfigurationError('user remove: give USER and --tenant KEY.')
  await client.query('select pgscript.set_membership($1, $2, null)', [values.tenant, member])
  return [
    { member, tenant: values.tenant, role: null },
    [`${member} is no longer a member of ${values.tenant}.`],
  ]
}

async function list(client: PoolClient, { values }: CommandInput): Promise<Shown> {
  const { rows } = await client.query(
    `select person.id, person.email, person.external_id, person.name, person.is_operator,
       coalesce(
         jsonb_object_agg(tenant.key, membership.role) filter (where tenant.key is not null), '{}'
       ) as roles
     from pgscript.users as person
     left join pgscript.memberships as membership on membership.user_id = person.id
     left join pgscript.tenants as tenant on tenant.id = membership.tenant_id
     group by person.id
     having $1::text is null or $1 = any (array_agg(tenant.key))
     order by person.name`,
    [values.tenant ?? null],
  )
  const lines = rows.map(
    (row) => `${row.email ?? row.external_id}  ${row.name}  ${JSON.stringify(row.roles)}`,
  )
  return [rows, lines.length === 0 ? ['No users yet.'] : lines]
}
