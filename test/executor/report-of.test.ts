import { expect, test } from 'vitest'

import type { ClaimedExecution } from '../../src/executor/claim-executions.ts'
import { reportOf } from '../../src/executor/run-execution.ts'
import type { SandboxResult } from '../../src/sandbox/sandbox.ts'

const execution = { tenant_id: '1', id: '2', fence: 3 } as unknown as ClaimedExecution

function completedWith(output: string): SandboxResult {
  const metrics = { startMs: 0, durationMs: 0, cpuMs: 0, peakHeapBytes: 0, hostCalls: 0 }
  return { status: 'completed', output, error: null, logs: [], logsTruncated: false, metrics }
}

test.each([
  ['"a\\u0000b"', 'a NUL character'],
  ['[1,1e131071]', 'a number beyond what JavaScript can hold'],
])('an output that the record could not hold, or not give again, is not recorded: %s', (output, fault) => {
  const report = reportOf(execution, completedWith(output), [])
  expect([report.status, report.output]).toEqual(['failed', null])
  expect(JSON.parse(report.error ?? '')).toMatchObject({
    code: 'output_not_serializable',
    message: expect.stringContaining(fault),
  })
})
