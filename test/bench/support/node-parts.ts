import { type Database, openDatabase } from '../../../src/database/database.ts'
import { registerNode } from '../../../src/database/node-registry.ts'
import type { ClaimedExecution } from '../../../src/executor/claim-executions.ts'
import type { Report } from '../../../src/executor/report-executions.ts'
import { silentLogger } from '../../../src/log.ts'
import type { NodeSettings } from './ledger-database.ts'

const metrics = JSON.stringify({
  startMs: 1.5,
  durationMs: 3.2,
  cpuMs: 2.1,
  peakHeapBytes: 900_000,
  hostCalls: 0,
})

/** A registered node, whose lease outlasts the benchmark. */
export async function openNode(settings: NodeSettings, connections: number): Promise<Database> {
  const database = openDatabase({
    connection: settings.connection,
    rolePrefix: settings.rolePrefix,
    nodeId: settings.name,
    connections,
    logger: silentLogger,
  })
  await registerNode(database, ['executor'], settings.installationKey, 3600)
  return database
}

/** The smallest result that a real run reports. */
export function reportOn({ tenant_id, id, fence }: ClaimedExecution): Report {
  return {
    tenantId: tenant_id,
    id,
    fence,
    status: 'completed',
    output: '{"ok":true}',
    error: null,
    metrics,
    logs: '[]',
  }
}
