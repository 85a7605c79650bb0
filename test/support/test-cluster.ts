import { randomBytes } from 'node:crypto'
import { Client } from 'pg'

import { resolveConnections } from '../../src/database/connection-urls.ts'
import { migrate } from '../../src/database/migrate.ts'
import { deriveKey } from '../../src/database/secret.ts'

/** What a test file needs to clone the template; plain data, for it crosses a process border. */
export interface TestCluster {
  adminUrl: string
  template: string
  rolePrefix: string
  secret: string
}

/** Roles belong to the whole cluster; a prefix of the run's own keeps an external server's apart. */
export async function migrateTemplate(
  adminUrl: string,
): Promise<{ cluster: TestCluster; remove(): Promise<void> }> {
  const run = randomBytes(4).toString('hex')
  const external = process.env.DATABASE_URL !== undefined
  const cluster: TestCluster = {
    adminUrl,
    template: `pgscript_template_${run}`,
    rolePrefix: external ? `pgscript_test_${run}` : 'pgscript',
    secret: randomBytes(32).toString('base64url'),
  }
  await onAdmin(adminUrl, (admin) => admin.query(`create database ${cluster.template}`))
  await migrateDatabase(cluster, databaseUrl(adminUrl, cluster.template))
  return {
    cluster,
    async remove() {
      await onAdmin(adminUrl, async (admin) => {
        await admin.query(`drop database if exists ${cluster.template} with (force)`)
        if (external) await dropRoles(admin, cluster.rolePrefix)
      })
    },
  }
}

export function connectionsOf(cluster: TestCluster, url: string, migrateUrl?: string) {
  return resolveConnections(
    {
      databaseUrl: url,
      migrateUrl,
      scriptUrl: undefined,
      listenUrl: undefined,
      rolePrefix: cluster.rolePrefix,
    },
    url,
    cluster.secret,
  )
}

/** Migrates with the owner's URL; or with a node's, and then the migration has one of its own. */
export async function migrateDatabase(cluster: TestCluster, url: string, migrateUrl?: string) {
  const connections = connectionsOf(cluster, url, migrateUrl)
  if (!connections.migrate) throw new Error('the test server needs an owner, not the login of a node')
  return await migrate({
    connection: connections.migrate,
    rolePrefix: cluster.rolePrefix,
    passwords: connections.derived,
    installationKey: deriveKey(cluster.secret, 'installation key'),
  })
}

export function databaseUrl(adminUrl: string, name: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return url.href
}

export async function onAdmin<T>(adminUrl: string, work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client(adminUrl)
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}

export async function dropRoles(admin: Client, rolePrefix: string) {
  const { rows } = await admin.query('select rolname from pg_roles where rolname like $1', [
    `${rolePrefix}\\_%`,
  ])
  for (const { rolname } of rows) await admin.query(`drop role ${admin.escapeIdentifier(rolname)}`)
}
