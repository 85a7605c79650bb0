import { setTimeout as sleep } from 'node:timers/promises'

import { Client, DatabaseError } from 'pg'

/** The cluster's superuser. */
export const superuser = 'postgres'
/** The database that pgscript lives in. */
export const databaseName = 'pgscript'

export function serverUrl(port: number, password: string, database: string): string {
  return `postgres://${superuser}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`
}

/** `starting`: it answers, and asks for patience. `silent`: no answer in time, or none that makes sense. */
export type Health = 'ready' | 'starting' | 'wrong-password' | 'silent'

interface Patience {
  /** How long a server may give no answer. */
  silenceMs: number
  /** Whether waiting has become pointless. */
  ended?: () => boolean
}

/** A server that answers that it is starting may be recovering from a crash; stopping it would not help. */
const recoveryMs = 15 * 60_000

/** Waits until a server is ready, or refuses our password, or has been silent or recovering for too long. */
export async function awaitHealth(adminUrl: string, { silenceMs, ended }: Patience): Promise<Health> {
  const start = performance.now()
  let heard = start
  for (;;) {
    const health = ended?.() ? 'silent' : await askHealth(adminUrl, Math.min(silenceMs, 5_000))
    const now = performance.now()
    if (health === 'ready' || health === 'wrong-password' || ended?.()) return health
    if (health === 'starting') heard = now
    if (now - heard > silenceMs || now - start > recoveryMs) return health
    await sleep(25)
  }
}

/** Asks a server one question. */
async function askHealth(adminUrl: string, timeoutMs: number): Promise<Health> {
  try {
    await withClient(adminUrl, timeoutMs, (client) => client.query('select 1'))
    return 'ready'
  } catch (error) {
    if (!(error instanceof DatabaseError)) return 'silent'
    // 57P03 cannot_connect_now: recovery; 28P01 invalid_password; 53300: alive, but full.
    if (error.code === '57P03') return 'starting'
    if (error.code === '53300') return 'ready'
    return error.code === '28P01' ? 'wrong-password' : 'silent'
  }
}

/** Makes pgscript's database where there is none, and tells the server's version. */
export async function ensureDatabase(adminUrl: string, timeoutMs: number): Promise<string> {
  return await withClient(adminUrl, timeoutMs, async (client) => {
    const found = await client.query('select from pg_database where datname = $1', [databaseName])
    if (found.rowCount === 0) await client.query(`create database ${databaseName}`)
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    return rows[0]?.server_version ?? ''
  })
}

async function withClient<T>(
  connectionString: string,
  timeoutMs: number,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({
    connectionString,
    application_name: 'pgscript embedded server',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  })
  // A connection lost between two queries is reported here; unheard, it would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}
