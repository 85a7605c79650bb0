import { migrate } from '../database/migrate.ts'
import { printRoles } from '../database/print-roles.ts'
import { deriveKey } from '../database/secret.ts'
import { ConfigurationError } from '../errors.ts'
import { type Command, exitCodes, print } from './command.ts'
import { openServer } from './installation.ts'

export const migrateCommand: Command = {
  name: 'migrate',
  summary: "Bring the database to this version's schema",
  usage: `[--print-roles [--installer ROLE] [--database NAME]]

  --print-roles     print the SQL that a DBA must run where the installing role may not create roles
  --installer ROLE  with --print-roles: the role that will run \`pgscript migrate\` afterwards
  --database NAME   with --print-roles: the database that it will migrate

Needs the owner's URL: PGSCRIPT_MIGRATE_URL, or a DATABASE_URL that is not the node's login.`,
  options: {
    'print-roles': { type: 'boolean' },
    installer: { type: 'string' },
    database: { type: 'string' },
  },
  async run({ config, logger, json, values }) {
    if (values['print-roles']) {
      const { installer, database } = values
      const sql = await printRoles({
        rolePrefix: config.rolePrefix,
        ...(typeof installer === 'string' && { installer }),
        ...(typeof database === 'string' && { database }),
      })
      print(json, { sql }, [sql])
      return exitCodes.ok
    }
    const server = await openServer(config, logger)
    try {
      const { connections, secret } = server
      if (!connections.migrate) {
        throw new ConfigurationError(
          "DATABASE_URL is the node's login, which owns nothing; set PGSCRIPT_MIGRATE_URL to the owner's URL.",
        )
      }
      const report = await migrate({
        connection: connections.migrate,
        rolePrefix: config.rolePrefix,
        passwords: connections.derived,
        installationKey: deriveKey(secret, 'installation key'),
        logger,
      })
      const nothing = report.migrations.length + report.objects.length === 0
      print(json, report, [
        nothing
          ? 'The database is up to date.'
          : `Applied ${report.migrations.length} migrations and ${report.objects.length} objects.`,
        ...report.migrations.map((name) => `  ${name}`),
      ])
      return exitCodes.ok
    } finally {
      await server.release()
    }
  },
}
