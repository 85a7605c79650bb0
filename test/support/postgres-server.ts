import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Client } from 'pg'

import { startEmbeddedServer } from '../../src/database/embedded-server.ts'

export interface TestServer {
  /** Superuser's (or, with DATABASE_URL, the given role's) URL of a database to create others from. */
  adminUrl: string
  version: string
  stop(): Promise<void>
}

const settings = { max_connections: '300' }

/**
 * The PostgreSQL server that a run of the tests uses: `DATABASE_URL`, else a container of the image in
 * `PGSCRIPT_TEST_CONTAINER` (such as `postgres:16`), else a server of its own in a temporary directory,
 * with the programs in `PGSCRIPT_TEST_POSTGRES_BIN` or the embedded ones.
 */
export async function startTestServer(): Promise<TestServer> {
  const { DATABASE_URL, PGSCRIPT_TEST_CONTAINER, PGSCRIPT_TEST_POSTGRES_BIN } = process.env
  if (DATABASE_URL) return await externalServer(DATABASE_URL)
  if (PGSCRIPT_TEST_CONTAINER) return await containerServer(PGSCRIPT_TEST_CONTAINER)

  const server = await startEmbeddedServer({
    dataDir: await mkdtemp(join(tmpdir(), 'pgscript-test-')),
    fsync: false,
    temporary: true,
    settings,
    ...(PGSCRIPT_TEST_POSTGRES_BIN ? { binDir: PGSCRIPT_TEST_POSTGRES_BIN } : {}),
  })
  return { adminUrl: server.adminUrl, version: server.version, stop: () => server.release() }
}

async function externalServer(adminUrl: string): Promise<TestServer> {
  return { adminUrl, version: await versionOf(adminUrl), stop: async () => {} }
}

async function containerServer(image: string): Promise<TestServer> {
  // Loaded only on demand: it takes half a second.
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql')
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const container = await new PostgreSqlContainer(image)
    .withCommand(['postgres', '-c', 'fsync=off', ...flags])
    .start()
  const adminUrl = container.getConnectionUri()
  return { adminUrl, version: await versionOf(adminUrl), stop: async () => void (await container.stop()) }
}

async function versionOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    return rows[0]?.server_version ?? ''
  } finally {
    await client.end()
  }
}
