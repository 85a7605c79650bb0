import { expect } from 'vitest'

import { claimExecutions } from '../../src/executor/claim-executions.ts'
import { completeExecutions } from '../../src/executor/report-executions.ts'
import { reportOn } from '../support/use-ledger.ts'
import { setLimits, setStatus } from './levers.ts'
import type { Model } from './model.ts'
import { executionOf, rightOf, type Step, step } from './step.ts'
import { jumpNow, takeOverNow } from './steps.ts'

/** Lets everything finish: no tenant is suspended, every lease ends, whatever is due is claimed and completed. */
export function drainSteps(model: Model): Step[] {
  const resume = step('resume', {}, async (_, { database }) => {
    for (const tenant of model.tenants) {
      await setStatus(database, tenant, false)
      await setLimits(database, tenant, { perTenant: 1000, perScript: 1000 })
    }
  })
  const claimAll = step('claimAll', {}, async (_, real) => {
    for (const node of real.nodes) {
      const claimed = await claimExecutions(node, { capacity: 1000, leaseSeconds: 600 })
      for (const { id } of claimed) model.claim(executionOf(model, id), node.nodeId)
    }
  })
  const completeAll = step('completeAll', {}, async (_, real) => {
    for (const node of real.nodes) {
      const claims = model.claims.filter((each) => each.nodeId === node.nodeId && model.isHeld(each))
      const reports = claims.map((each) => reportOn(rightOf(each)))
      const outcomes = await completeExecutions(node, reports)
      expect(outcomes.size).toBe(claims.length)
      for (const { execution } of claims) model.finish(execution, 'completed', null)
    }
  })
  return [resume, jumpNow, takeOverNow, claimAll, completeAll]
}
