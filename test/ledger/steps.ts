import fc from 'fast-check'
import { expect } from 'vitest'

import { registerAgain } from '../../src/database/node-registry.ts'
import { claimExecutions } from '../../src/executor/claim-executions.ts'
import { renewLeases } from '../../src/executor/renew-leases.ts'
import {
  completeExecutions,
  failExecutions,
  type Report,
  releaseExecutions,
} from '../../src/executor/report-executions.ts'
import { asOwner } from '../support/call.ts'
import { failureOf, reportOn, requeueLost } from '../support/use-ledger.ts'
import { setLimits, setStatus, shiftTime } from './levers.ts'
import type { Claim, Model } from './model.ts'
import { slotSteps } from './slot-steps.ts'
import {
  executionOf,
  heldOnce,
  index,
  indexes,
  leaseOf,
  nodeAt,
  pick,
  type Real,
  rightOf,
  type Step,
  step,
} from './step.ts'
import { addExecutions, refreshRunAt } from './sync.ts'

const enqueue = fc
  .record({
    script: index,
    count: fc.integer({ min: 1, max: 4 }),
    priority: fc.constantFrom(0, 0, 0, 5, -5, 100),
    later: fc.constantFrom(false, false, false, true),
    maxAttempts: fc.constantFrom(1, 2, 3),
    key: fc.option(fc.constantFrom('a', 'b', 'c'), { freq: 6 }),
  })
  .map((given) =>
    step('enqueue', given, async (model, { database }, request) => {
      const script = pick(model.scripts, request.script)
      if (script) await addExecutions(database, model, script, request)
    }),
  )

const claim = fc.record({ node: index, capacity: fc.integer({ min: 1, max: 7 }) }).map((given) =>
  step('claim', given, async (model, real, { node, capacity }) => {
    const { nodeId } = nodeAt(real, node)
    const expected = model.tenants.map((tenant) => model.claimable(tenant))
    const claimed = await claimExecutions(nodeAt(real, node), { capacity, leaseSeconds: 600 })
    const claimedIds = claimed.map(({ id }) => id)

    const most = expected.reduce((sum, executions) => sum + executions.length, 0)
    // A claim looks at as many tenants as it has room for; the others have their turn with the next one.
    const least = capacity >= model.tenants.length ? Math.min(capacity, most) : Math.min(1, most)
    expect(claimedIds.length, 'as many as there is room for').toBeGreaterThanOrEqual(least)
    expect(claimedIds.length).toBeLessThanOrEqual(Math.min(capacity, most))
    for (const executions of expected) {
      const ids = executions.map(({ id }) => id)
      const taken = claimedIds.filter((id) => ids.includes(id))
      expect([...taken].sort(), 'the first ones of the tenant').toEqual(ids.slice(0, taken.length).sort())
    }
    for (const row of claimed) {
      const execution = executionOf(model, row.id)
      model.claim(execution, nodeId)
      expect([row.attempt, row.fence]).toEqual([execution.attempt, execution.fence])
    }
  }),
)

/** Claims to report on: those of one node, mostly held; late and repeated ones among them. */
function chosenClaims(model: Model, real: Real, node: number, which: number[]): Claim[] {
  const { nodeId } = nodeAt(real, node)
  const own = model.claims.filter((each) => each.nodeId === nodeId)
  const held = own.filter((each) => model.isHeld(each))
  return which.flatMap((at) => pick(at % 4 === 0 ? own : held, at) ?? [])
}

const complete = fc
  .record({ node: index, which: indexes, cancelled: fc.constantFrom(false, false, true) })
  .map((given) =>
    step('complete', given, async (model, real, { node, which, cancelled }) => {
      const claims = chosenClaims(model, real, node, which)
      const status = cancelled ? 'cancelled' : 'completed'
      const result: Partial<Report> = { status, output: cancelled ? null : '1' }
      const held = heldOnce(model, claims)
      const outcomes = await completeExecutions(
        nodeAt(real, node),
        claims.map((each) => reportOn(rightOf(each), result)),
      )
      expect([...outcomes.keys()].sort()).toEqual(held.map(({ id }) => id).sort())
      for (const execution of held) model.finish(execution, status, null)
    }),
  )

const fail = fc
  .record({
    node: index,
    which: indexes,
    status: fc.constantFrom('failed' as const, 'timeout' as const),
    retryable: fc.constantFrom(true, true, false),
    code: fc.constantFrom('script_error', 'script_error', 'rate_limited'),
    wait: fc.constantFrom(0, 0, 100_000),
  })
  .map((given) =>
    step('fail', given, async (model, real, { node, which, status, retryable, code, wait }) => {
      const claims = chosenClaims(model, real, node, which)
      const held = heldOnce(model, claims)
      const error = { code, retryable, retryAfterSeconds: wait }
      const outcomes = await failExecutions(
        nodeAt(real, node),
        claims.map((each) => failureOf(rightOf(each), error, { status })),
      )
      const expected = held.map((execution) => {
        const isFinal = model.fail(execution, { status, retryable, code })
        if (!isFinal) execution.isDue = wait === 0
        return [execution.id, isFinal ? 'final' : 'will be retried']
      })
      expect([...outcomes].sort()).toEqual(expected.sort())
      await refreshRunAt(real.database, model)
    }),
  )

const release = fc.record({ node: index, which: indexes, lost: fc.boolean() }).map((given) =>
  step('release', given, async (model, real, { node, which, lost }) => {
    const claims = chosenClaims(model, real, node, which)
    const held = heldOnce(model, claims)
    const count = await releaseExecutions(
      nodeAt(real, node),
      claims.map((each) => leaseOf(each)),
      lost,
    )
    expect(count).toBe(held.filter((execution) => model.requeue(execution, lost)).length)
  }),
)

const renew = fc.record({ node: index }).map((given) =>
  step('renew', given, async (model, real, { node }) => {
    const { nodeId } = nodeAt(real, node)
    const claims = model.claims.filter((each) => each.nodeId === nodeId)
    const kept = await renewLeases(
      nodeAt(real, node),
      claims.map((each) => leaseOf(each)),
      600,
    )
    const held = heldOnce(model, claims)
    const expected = held.map((each) => [each.id, { isCancelled: each.cancelRequested }] as const)
    expect(new Map([...kept].sort())).toEqual(new Map([...expected].sort()))
    for (const execution of held) execution.leaseEnded = false
    model.lostNodes.delete(nodeId)
  }),
)

const crash = fc.record({ node: index }).map((given) =>
  step('crash', given, async (model, real, { node }) => {
    const { nodeId } = nodeAt(real, node)
    await shiftTime(real.database, { nodeId })
    model.lostNodes.add(nodeId)
    for (const execution of model.executions)
      if (execution.status === 'running' && execution.holder === nodeId) execution.leaseEnded = true
    for (const lease of model.slots) if (lease.nodeId === nodeId) lease.ended = true
  }),
)

const takeOverWith = (given: { thorough: boolean }) =>
  step('takeOver', given, async (model, { database }, { thorough }) => {
    const lost = model.executions.filter(
      ({ status, leaseEnded, holder }) =>
        status === 'running' && leaseEnded && (thorough || model.lostNodes.has(holder ?? '')),
    )
    const count = await requeueLost(database, thorough)
    expect(count).toBe(lost.filter((execution) => model.requeue(execution, true)).length)
    model.slots.splice(0, Infinity, ...model.slots.filter(({ ended }) => !ended))
  })
const takeOver = fc.record({ thorough: fc.boolean() }).map(takeOverWith)
export const takeOverNow = takeOverWith({ thorough: true })

/** Days later everything is due, and every lease has ended that nobody renewed. */
export const jumpNow = step('jump', {}, async (model, real) => {
  await shiftTime(real.database, {})
  for (const execution of model.executions) {
    execution.isDue = true
    execution.leaseEnded = execution.status === 'running'
  }
  for (const lease of model.slots) lease.ended = true
  for (const { nodeId } of real.nodes) model.lostNodes.add(nodeId)
  await refreshRunAt(real.database, model)
})
const jump = fc.constant(jumpNow)

const cancel = fc.record({ which: index }).map((given) =>
  step('cancel', given, async (model, { database }, { which }) => {
    const execution = pick(model.executions, which)
    if (!execution) return
    const [row] = await asOwner<{ status: string }>(
      database,
      'select pgscript.cancel_execution($1, $2) as status',
      [execution.script.owner.key, execution.id],
    )
    if (execution.status === 'pending') model.finish(execution, 'cancelled', execution.errorCode)
    if (execution.status === 'running') execution.cancelRequested = true
    expect(row?.status).toBe(execution.status)
  }),
)

const reschedule = fc
  .record({ which: index, later: fc.boolean(), priority: fc.option(fc.constantFrom(-1, 0, 7)) })
  .map((given) =>
    step('reschedule', given, async (model, { database }, { which, later, priority }) => {
      const pending = model.executions.filter(({ status }) => status === 'pending')
      const execution = pick(pending, which)
      if (!execution) return
      await asOwner(database, 'select pgscript.reschedule_execution($1, $2, now() + $3::interval, $4)', [
        execution.script.owner.key,
        execution.id,
        later ? '1 day' : '0',
        priority,
      ])
      execution.isDue = !later
      execution.priority = priority ?? execution.priority
      await refreshRunAt(database, model)
    }),
  )

const limits = fc
  .record({
    tenant: index,
    perTenant: fc.integer({ min: 1, max: 6 }),
    perScript: fc.integer({ min: 1, max: 4 }),
  })
  .map((given) =>
    step('limits', given, async (model, { database }, { tenant, ...wanted }) => {
      const changed = pick(model.tenants, tenant)
      if (changed) await setLimits(database, changed, wanted)
    }),
  )

const suspend = fc.record({ tenant: index }).map((given) =>
  step('suspendOrResume', given, async (model, { database }, { tenant }) => {
    const changed = pick(model.tenants, tenant)
    if (changed) await setStatus(database, changed, !changed.isSuspended)
  }),
)

/** A node that was forgotten, or starts anew under its id. */
const register = fc.record({ node: index }).map((given) =>
  step('register', given, async (model, real, { node }) => {
    await registerAgain(nodeAt(real, node))
    model.lostNodes.delete(nodeAt(real, node).nodeId)
  }),
)

export const steps: fc.Arbitrary<Step>[] = [
  enqueue,
  enqueue,
  enqueue,
  claim,
  claim,
  claim,
  claim,
  complete,
  complete,
  fail,
  fail,
  release,
  renew,
  crash,
  takeOver,
  takeOver,
  jump,
  cancel,
  cancel,
  reschedule,
  limits,
  suspend,
  register,
  ...slotSteps,
]
