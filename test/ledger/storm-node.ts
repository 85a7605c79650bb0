import { type Database, query, transaction } from '../../src/database/database.ts'
import { type ClaimedExecution, claimExecutions } from '../../src/executor/claim-executions.ts'
import { renewLeases } from '../../src/executor/renew-leases.ts'
import {
  completeExecutions,
  failExecutions,
  type Outcomes,
  type Report,
  releaseExecutions,
} from '../../src/executor/report-executions.ts'
import { failureOf, reportOn } from '../support/use-ledger.ts'
import type { Model } from './model.ts'
import { logged, oneOf, type Tally } from './storm-bystanders.ts'

/** The node with a disk that takes its time: locks are held for milliseconds, so that they meet. */
export function slowToCommit(node: Database): Database {
  const slow = async (text: string, values: unknown[]) =>
    await transaction(node, async (client) => {
      const result = await client.query(text, values)
      if (Math.random() < 0.5) await client.query('select pg_sleep($1)', [Math.random() / 100])
      return result
    })
  return { ...node, pool: { query: slow } as unknown as Database['pool'] }
}

/** A node that does whatever a node may do, at random, and forgets half of it. */
export class StormNode {
  readonly #node: Database
  readonly #model: Model
  readonly #tally: Tally
  #held: ClaimedExecution[] = []
  #slots: { tenantId: string; scriptId: string; fence: string }[] = []

  constructor(node: Database, model: Model, tally: Tally) {
    this.#node = node
    this.#model = model
    this.#tally = tally
  }

  async rage(until: number): Promise<void> {
    const acts = [
      () => this.#claim(1 + Math.floor(Math.random() * 8)),
      () => this.#claim(8),
      () => this.#complete(this.#some()),
      () => this.#complete(this.#some()),
      () => this.#fail(this.#some()),
      () => this.#release(this.#some()),
      () => this.#renew(),
      () => this.#log(),
      () => this.#forget(),
      () => this.#takeOver(),
      () => this.#reserve(),
      () => this.#returnSlots(),
    ]
    while (performance.now() < until) await logged(this.#tally, oneOf(acts))
  }

  /** Claims and completes until nothing is due. */
  async finishAll(): Promise<void> {
    for (;;) {
      this.#held = []
      await this.#claim(200)
      if (this.#held.length === 0) return
      await this.#complete(this.#held)
    }
  }

  /** Most leases end soon enough to be taken over while this node still works on them. */
  async #claim(capacity: number) {
    const leaseSeconds = oneOf([0.02, 0.2, 60])
    this.#held.push(...(await claimExecutions(this.#node, { capacity, leaseSeconds })))
  }

  #some(): ClaimedExecution[] {
    // In no order; some stay, to be reported on again when somebody else has them.
    const chosen = this.#held.filter(() => Math.random() < 0.5).sort(() => Math.random() - 0.5)
    this.#held = this.#held.filter((each) => !chosen.includes(each) || Math.random() < 0.1)
    return chosen
  }

  async #complete(executions: readonly ClaimedExecution[]) {
    const status = oneOf(['completed', 'completed', 'cancelled'] as const)
    const result: Partial<Report> = { status, output: status === 'completed' ? '1' : null }
    const reports = executions.map((each) => reportOn(each, result))
    this.#note(reports, await completeExecutions(this.#node, reports))
  }

  async #fail(executions: readonly ClaimedExecution[]) {
    const error = { code: oneOf(['script_error', 'rate_limited']), retryable: true, retryAfterSeconds: 0 }
    const reports = executions.map((each) => failureOf(each, error))
    this.#note(reports, await failExecutions(this.#node, reports))
  }

  #note(reports: readonly Report[], outcomes: Outcomes) {
    const [report] = reports
    for (const [id, outcome] of outcomes)
      if (report && outcome === 'final') this.#tally.final.push({ id, status: report.status })
  }

  async #release(executions: readonly ClaimedExecution[]) {
    await releaseExecutions(this.#node, executions.map(leaseOf), Math.random() < 0.3)
  }

  async #renew() {
    const kept = await renewLeases(this.#node, this.#held.map(leaseOf), 0.1)
    this.#held = this.#held.filter(({ id }) => kept.has(id) || Math.random() < 0.1)
    await query(this.#node, 'select pgscript_engine.renew_slots($1, $2, $3, $4, $5)', [
      this.#node.nodeId,
      this.#slots.map(({ tenantId }) => tenantId),
      this.#slots.map(({ scriptId }) => scriptId),
      this.#slots.map(({ fence }) => fence),
      '200 milliseconds',
    ])
  }

  async #log() {
    const leases = this.#held.map(leaseOf)
    await query(this.#node, 'select pgscript_engine.append_logs($1, $2, $3, $4, $5, $6)', [
      this.#node.nodeId,
      leases.map(({ tenantId }) => tenantId),
      leases.map(({ id }) => id),
      leases.map(({ fence }) => fence),
      leases.map(() => Math.floor(Math.random() * 1e9)),
      leases.map(() => '[{"level":"info","at":1,"message":"still here"}]'),
    ])
  }

  /** Crashes, as far as these executions know. */
  async #forget() {
    this.#held = this.#held.slice(this.#held.length / 2)
  }

  async #takeOver() {
    await query(this.#node, 'select pgscript_engine.requeue_lost($1)', [Math.random() < 0.5])
  }

  async #reserve() {
    const { id: scriptId, owner } = oneOf(this.#model.scripts)
    const lease = oneOf(['20 milliseconds', '1 second'])
    const [got] = await query<{ fence: string }>(
      this.#node,
      'select fence from pgscript_engine.reserve_slots($1, $2, $3, $4, $5)',
      [this.#node.nodeId, owner.id, scriptId, 2, lease],
    )
    if (got) this.#slots.push({ tenantId: owner.id, scriptId, fence: got.fence })
  }

  async #returnSlots() {
    const lease = this.#slots.shift()
    if (!lease) return
    await query(this.#node, 'select pgscript_engine.return_slots($1, $2, $3, $4, $5)', [
      this.#node.nodeId,
      lease.tenantId,
      lease.scriptId,
      lease.fence,
      oneOf([1, null]),
    ])
  }
}

function leaseOf({ tenant_id, id, fence }: ClaimedExecution) {
  return { tenantId: tenant_id, id, fence }
}
