import type { PoolClient } from 'pg'

import { asIdentity, systemOperator } from '../database/tenant-transaction.ts'
import { ConfigurationError } from '../errors.ts'
import { type CommandInput, type ExitCode, exitCodes, print } from './command.ts'
import { type Installation, openInstallation } from './installation.ts'

/** What a verb has to show: a value for programs, lines for people. */
export type Shown = [value: unknown, lines: string[]]

/** One thing that a command such as `tenant` does, inside a transaction of the operator. */
export type Verb = (client: PoolClient, input: CommandInput, installation: Installation) => Promise<Shown>

/** Runs the verb that the first argument names. */
export async function runVerb(
  command: string,
  verbs: Readonly<Record<string, Verb>>,
  input: CommandInput,
): Promise<ExitCode> {
  const [name] = input.positionals
  const verb = name !== undefined && Object.hasOwn(verbs, name) ? verbs[name] : undefined
  if (!verb) {
    const what = name === undefined ? 'say what to do' : `"${name}" is nothing it does`
    throw new ConfigurationError(
      `${command}: ${what}; give one of ${Object.keys(verbs).join(', ')}. \`pgscript ${command} --help\` shows how.`,
    )
  }
  const { config, logger, json } = input
  const installation = await openInstallation({ config, logger, purpose: 'cli', roles: [] })
  try {
    const [value, lines] = await asIdentity(installation.database, systemOperator, (client) =>
      verb(client, input, installation),
    )
    print(json, value, lines)
    return exitCodes.ok
  } finally {
    await installation.close()
  }
}
