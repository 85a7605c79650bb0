import { randomBytes } from 'node:crypto'
import pg, { type Pool } from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'

import type { Connections } from '../../src/database/connection-urls.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { deregisterNode, registerNode } from '../../src/database/node-registry.ts'
import { deriveKey } from '../../src/database/secret.ts'
import { silentLogger } from '../../src/log.ts'
import { connectionsOf, databaseUrl, onAdmin, type TestCluster } from './test-cluster.ts'

/** This test file's own clone of the migrated template: real commits, real NOTIFY, nothing to clean up. */
export interface TestDatabase {
  readonly url: string
  readonly name: string
  readonly cluster: TestCluster
  readonly connections: Connections
  readonly installationKey: string
  /** As the installing role. */
  readonly owner: Pool
  /** As a registered node. */
  readonly node: Database
}

export function useDatabase(): TestDatabase {
  const state: { current?: TestDatabase } = {}

  beforeAll(async () => {
    const cluster = inject('cluster')
    const name = `pgscript_test_${randomBytes(6).toString('hex')}`
    await onAdmin(cluster.adminUrl, (admin) =>
      admin.query(`create database ${name} template ${cluster.template}`),
    )
    const url = databaseUrl(cluster.adminUrl, name)
    const connections = connectionsOf(cluster, url)
    const installationKey = deriveKey(cluster.secret, 'installation key')
    const node = openDatabase({
      connection: connections.node,
      rolePrefix: cluster.rolePrefix,
      nodeId: `test-${name}`,
      connections: 10,
      logger: silentLogger,
    })
    await registerNode(node, ['executor'], installationKey)
    const owner = new pg.Pool({ connectionString: url, max: 10 })
    owner.on('error', () => undefined)
    state.current = { url, name, cluster, connections, installationKey, owner, node }
  })

  afterAll(async () => {
    const database = state.current
    if (!database) return
    await deregisterNode(database.node).catch(() => undefined)
    await Promise.all([database.node.pool.end(), database.owner.end()])
    await onAdmin(database.cluster.adminUrl, (admin) =>
      admin.query(`drop database ${database.name} with (force)`),
    )
  })

  return new Proxy({} as TestDatabase, {
    get(_, property) {
      if (!state.current) throw new Error('useDatabase: the database exists only inside tests and hooks')
      return state.current[property as keyof TestDatabase]
    },
  })
}
