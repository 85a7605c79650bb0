import type { TestProject } from 'vitest/node'
import { startTestServer } from './postgres-server.ts'
import { migrateTemplate, type TestCluster } from './test-cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    cluster: TestCluster
  }
}

/** One server for the whole run, with a migrated database that each test file clones. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer()
  const { cluster, remove } = await migrateTemplate(server.adminUrl)
  project.provide('cluster', cluster)
  return async () => {
    await remove()
    await server.stop()
  }
}
