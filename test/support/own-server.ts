import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'

import { startEmbeddedServer } from '../../src/database/embedded-server.ts'
import { databaseUrl, onAdmin } from './test-cluster.ts'

const oldestBinDir = '/usr/lib/postgresql/15/bin'

/** The oldest server we support, where its programs are installed, and the embedded one. */
export const serverVersions = [
  { version: '18', binDir: undefined, isThere: true },
  { version: '15', binDir: oldestBinDir, isThere: existsSync(oldestBinDir) },
]

/** A cluster of this file's own, for what is done to roles. */
export interface OwnServer {
  readonly adminUrl: string
  /** An empty database's URL, for its superuser. */
  createDatabase(): Promise<string>
  /** The URL of a new role with those attributes, which may create schemas in the database. */
  createInstaller(url: string, attributes: string): Promise<string>
}

export function useOwnServer(binDir: string | undefined): OwnServer {
  const state = { adminUrl: '', release: async () => {} }
  beforeAll(async () => {
    const server = await startEmbeddedServer({
      dataDir: await mkdtemp(join(tmpdir(), 'pgscript-test-')),
      fsync: false,
      temporary: true,
      ...(binDir ? { binDir } : {}),
    })
    state.adminUrl = server.adminUrl
    state.release = () => server.release()
  })
  afterAll(async () => await state.release())

  return {
    get adminUrl() {
      return state.adminUrl
    },
    async createDatabase() {
      const name = randomName('database')
      await onAdmin(state.adminUrl, (admin) => admin.query(`create database ${name}`))
      return databaseUrl(state.adminUrl, name)
    },
    async createInstaller(url, attributes) {
      const name = randomName('installer')
      const password = randomBytes(12).toString('hex')
      const database = new URL(url).pathname.slice(1)
      await onAdmin(state.adminUrl, async (admin) => {
        await admin.query(`create role ${name} login ${attributes} password '${password}'`)
        await admin.query(`grant create on database ${database} to ${name}`)
      })
      return asLogin(url, name, password)
    },
  }
}

/** The same database for another login. */
export function asLogin(url: string, user: string, password: string): string {
  const changed = new URL(url)
  changed.username = user
  changed.password = password
  return changed.href
}

export function randomName(kind: string): string {
  return `${kind}_${randomBytes(5).toString('hex')}`
}
