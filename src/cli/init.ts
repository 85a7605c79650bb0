import { asIdentity, systemOperator } from '../database/tenant-transaction.ts'
import { ConfigurationError } from '../errors.ts'
import { type Command, exitCodes, print } from './command.ts'
import { openInstallation } from './installation.ts'

const scopes = ['scripts.read', 'scripts.create', 'scripts.update', 'scripts.execute', 'executions.read']

export const initCommand: Command = {
  name: 'init',
  summary: 'Set up an installation: migrate, first tenant, first user, API key',
  usage: `--tenant KEY [--name NAME] [--email ADDRESS]

  --tenant KEY     your platform's id for the first tenant
  --name NAME      its name; the key by default
  --email ADDRESS  makes this person its admin and an operator

May be run again: what is there stays, and a new API key is printed.`,
  options: { tenant: { type: 'string', short: 't' }, name: { type: 'string' }, email: { type: 'string' } },
  async run({ config, logger, values, json }) {
    const { tenant, name = null, email } = values
    if (typeof tenant !== 'string')
      throw new ConfigurationError('init: give --tenant KEY, the id of the first tenant.')
    const installation = await openInstallation({ config, logger, purpose: 'cli', roles: [] })
    try {
      const apiKey = await asIdentity(installation.database, systemOperator, async (client) => {
        await client.query('select pgscript.upsert_tenant(key => $1, name => $2)', [tenant, name])
        if (email) {
          await client.query('select pgscript.upsert_user(email => $1, is_operator => true)', [email])
          await client.query('select pgscript.set_membership($1, $2, $3)', [tenant, email, 'admin'])
        }
        const { rows } = await client.query('select pgscript.create_api_key($1, $2, $3) as key', [
          tenant,
          'init',
          scopes,
        ])
        return rows[0].key as string
      })
      print(json, { tenant, admin: email ?? null, apiKey, migration: installation.migration }, [
        `Tenant   ${tenant}`,
        ...(email ? [`Admin    ${email}`] : []),
        `API key  ${apiKey} (shown this once)`,
        '',
        'Next: `pgscript start` runs a node.',
      ])
      return exitCodes.ok
    } finally {
      await installation.close()
    }
  },
}
