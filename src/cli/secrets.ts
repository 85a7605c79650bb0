import { text } from 'node:stream/consumers'
import type { PoolClient } from 'pg'

import { rotateSecrets } from '../bindings/rotate-secrets.ts'
import { storeSecret } from '../bindings/store-secret.ts'
import { systemOperator } from '../database/tenant-transaction.ts'
import { AppError, ConfigurationError } from '../errors.ts'
import { shortestMasked } from '../executor/mask-values.ts'
import type { Command, CommandInput } from './command.ts'
import type { Installation } from './installation.ts'
import { requireTenant, tenantOption } from './tenant-option.ts'
import { runVerb, type Shown, type Verb } from './verbs.ts'

const verbs: Record<string, Verb> = { set, list, change, delete: remove, 'rotate-key': rotateKey }

export const secretsCommand: Command = {
  name: 'secrets',
  summary: 'Set, list and delete secrets of a tenant; re-encrypt all after a change of key',
  usage: `set NAME [--tenant KEY] [--scripts A,B] [--description TEXT]
       pgscript secrets change NAME [--tenant KEY] [--scripts A,B] [--description TEXT]
       pgscript secrets list [--tenant KEY]
       pgscript secrets delete NAME [--tenant KEY]
       pgscript secrets rotate-key

\`set\` reads the value from standard input, without the line break at its end: an argument could be seen
by others on this machine. Nothing ever shows it again.

  --tenant KEY        demo by default
  --scripts A,B       the scripts that may read it, by name or id; '*' for all, which a new one has
  --description TEXT  what it is for

\`rotate-key\` re-encrypts the secrets of all tenants with PGSCRIPT_SECRET; PGSCRIPT_SECRET_PREVIOUS is the
secret that was in force before. It may be interrupted, and run again.`,
  options: {
    tenant: { type: 'string', short: 't' },
    scripts: { type: 'string' },
    description: { type: 'string' },
  },
  // One more than it takes: a value that is given by mistake must not be repeated in the refusal.
  maxArguments: 3,
  run: (input) => runVerb('secrets', verbs, input),
}

function nameArgument({ positionals }: CommandInput): string {
  const [verb, name, more] = positionals
  if (more !== undefined) {
    throw new ConfigurationError(
      `secrets ${verb}: give the NAME only. A value is read from standard input; one that was given as an argument is known to this machine's process list and should be changed.`,
    )
  }
  if (name !== undefined) return name
  throw new ConfigurationError(`secrets ${verb}: give the NAME of the secret.`)
}

function changes({ values }: CommandInput): { scripts?: string[]; description?: string } {
  const { scripts, description } = values
  return {
    ...(typeof scripts === 'string' && { scripts: scripts.split(',').map((script) => script.trim()) }),
    ...(typeof description === 'string' && { description }),
  }
}

async function set(_: PoolClient, input: CommandInput, installation: Installation): Promise<Shown> {
  const { database, secretKeys: keys } = installation
  const name = nameArgument(input)
  const value = (await text(process.stdin)).replace(/\r?\n$/, '')
  const secret = await storeSecret({ database, keys }, systemOperator, {
    tenantKey: tenantOption(input),
    name,
    value,
    ...changes(input),
  })
  const isShort = value.length < shortestMasked
  return [
    { ...secret, masked: !isShort },
    [
      `Secret ${secret.name} is set, version ${secret.version}.`,
      ...(isShort
        ? [`It has fewer than ${shortestMasked} characters, so it is not masked in logs and outputs.`]
        : []),
    ],
  ]
}

async function change(client: PoolClient, input: CommandInput): Promise<Shown> {
  const { scripts = null, description = null } = changes(input)
  const { rows } = await client.query(
    `select name, description, scripts, version, updated_at from pgscript.change_secret(
       tenant_key => $1, name => $2, description => $3, scripts => $4)`,
    [tenantOption(input), nameArgument(input), description, scripts],
  )
  return [rows[0], [`Secret ${rows[0].name} is changed.`]]
}

async function list(client: PoolClient, input: CommandInput): Promise<Shown> {
  const { rows } = await client.query(
    `select secret.name, secret.description, secret.version, secret.updated_at,
       case when secret.scripts is not null then array(
         select script.name from pgscript.scripts as script
         where script.tenant_id = secret.tenant_id and script.id = any (secret.scripts) order by script.name
       ) end as scripts
     from pgscript.secrets as secret join pgscript.tenants as tenant on tenant.id = secret.tenant_id
     where tenant.key = $1
     order by secret.name`,
    [await requireTenant(client, input)],
  )
  const lines = rows.map(
    ({ name, version, scripts, description }) =>
      `${name}  version ${version}  ${scripts === null ? 'every script' : scripts.join(', ')}  ${description}`,
  )
  return [rows, lines.length === 0 ? ['No secrets yet.'] : lines.map((line) => line.trimEnd())]
}

async function remove(client: PoolClient, input: CommandInput): Promise<Shown> {
  const name = nameArgument(input)
  await client.query('select pgscript.delete_secret($1, $2)', [tenantOption(input), name])
  return [{ name, deleted: true }, [`Secret ${name} is deleted.`]]
}

class SecretsUnreadableError extends AppError {
  readonly code = 'secrets_unreadable'
  readonly status = 409

  constructor(names: readonly string[], reencrypted: number) {
    super(
      `${reencrypted} secrets were re-encrypted; ${names.length} cannot be decrypted (${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}). ` +
        'Give the secret that they were encrypted under as PGSCRIPT_SECRET_PREVIOUS, or set them again.',
    )
  }
}

async function rotateKey(
  _: PoolClient,
  { logger }: CommandInput,
  installation: Installation,
): Promise<Shown> {
  const { database, secretKeys } = installation
  const { reencrypted, unreadable } = await rotateSecrets(database, secretKeys, (done) =>
    logger.info({ secrets: done }, 'secrets re-encrypted'),
  )
  if (unreadable.length > 0)
    throw new SecretsUnreadableError(
      unreadable.map(({ name }) => name),
      reencrypted,
    )
  return [
    { reencrypted },
    [
      `${reencrypted} secrets were re-encrypted; all are under PGSCRIPT_SECRET now, and PGSCRIPT_SECRET_PREVIOUS is no longer needed.`,
    ],
  ]
}
