import type { ClaimedExecution } from '../../src/executor/claim-executions.ts'
import type { Report } from '../../src/executor/report-executions.ts'

/** The report of an execution's holder; completed unless told otherwise. */
export function reportFor(
  execution: Pick<ClaimedExecution, 'tenant_id' | 'id' | 'fence'>,
  result: Partial<Report> = {},
): Report {
  return {
    tenantId: execution.tenant_id,
    id: execution.id,
    fence: execution.fence,
    status: 'completed',
    output: 'null',
    error: null,
    metrics: '{}',
    logs: '[]',
    ...result,
  }
}
