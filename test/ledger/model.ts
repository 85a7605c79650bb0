import type { GivenScript } from '../support/given-script.ts'

/** What the ledger ought to say of an execution. */
export interface ModelExecution {
  id: string
  script: ModelScript
  priority: number
  /** As the database has it; what matters is the order, and whether it is due. */
  runAt: number
  isDue: boolean
  maxAttempts: number
  attempt: number
  takeovers: number
  fence: number
  status: 'pending' | 'running' | 'completed' | 'failed' | 'timeout' | 'cancelled'
  holder: string | null
  cancelRequested: boolean
  leaseEnded: boolean
  /** Attempts that were followed by another. */
  retries: number
  /** Attempts in a row that our own rates ended. */
  rateLimited: number
  errorCode: string | null
}

export interface ModelTenant {
  id: string
  key: string
  scripts: ModelScript[]
  maxRunning: number
  isSuspended: boolean
  started: number
}

export interface ModelScript extends GivenScript {
  owner: ModelTenant
  maxRunning: number
}

export interface ModelSlots {
  script: ModelScript
  nodeId: string
  slots: number
  fence: string
  ended: boolean
}

/** A right to report that a node believes it has, or once had. */
export interface Claim {
  nodeId: string
  execution: ModelExecution
  fence: number
}

/** The reference: the rules of the ledger, without a database and without concurrency. */
export class Model {
  readonly tenants: ModelTenant[]
  readonly executions: ModelExecution[] = []
  readonly slots: ModelSlots[] = []
  readonly keys = new Map<string, string>()
  /** Every claim there was; the older ones are good for late reports. */
  readonly claims: Claim[] = []
  readonly lostNodes = new Set<string>()

  constructor(tenants: ModelTenant[]) {
    this.tenants = tenants
  }

  get scripts(): ModelScript[] {
    return this.tenants.flatMap((tenant) => tenant.scripts)
  }

  byId(id: string): ModelExecution | undefined {
    return this.executions.find((execution) => execution.id === id)
  }

  runningOf(of: { tenant?: ModelTenant; script?: ModelScript }): number {
    const counts = (script: ModelScript) =>
      (of.tenant === undefined || script.owner === of.tenant) &&
      (of.script === undefined || script === of.script)
    const running = this.executions.filter(({ status, script }) => status === 'running' && counts(script))
    const reserved = this.slots.filter(({ script }) => counts(script))
    return running.length + reserved.reduce((sum, { slots }) => sum + slots, 0)
  }

  roomOf(script: ModelScript): number {
    return Math.min(
      script.owner.maxRunning - this.runningOf({ tenant: script.owner }),
      script.maxRunning - this.runningOf({ script }),
    )
  }

  /** What a tenant's claims will take, in this order, as long as nothing else happens. */
  claimable(tenant: ModelTenant): ModelExecution[] {
    if (tenant.isSuspended) return []
    const room = new Map(
      tenant.scripts.map((script) => [script, script.maxRunning - this.runningOf({ script })]),
    )
    return this.executions
      .filter(({ script, status, isDue }) => script.owner === tenant && status === 'pending' && isDue)
      .sort((a, b) => b.priority - a.priority || a.runAt - b.runAt || (a.id < b.id ? -1 : 1))
      .filter(({ script }) => {
        const left = room.get(script) ?? 0
        room.set(script, left - 1)
        return left > 0
      })
      .slice(0, Math.max(0, tenant.maxRunning - this.runningOf({ tenant })))
  }

  claim(execution: ModelExecution, nodeId: string): void {
    if (execution.fence === 0) execution.script.owner.started += 1
    execution.status = 'running'
    execution.holder = nodeId
    execution.attempt += 1
    execution.fence += 1
    execution.leaseEnded = false
    this.claims.push({ nodeId, execution, fence: execution.fence })
  }

  /** Whether a report of this claim counts. */
  isHeld({ nodeId, execution, fence }: Claim): boolean {
    return execution.status === 'running' && execution.holder === nodeId && execution.fence === fence
  }

  finish(execution: ModelExecution, status: ModelExecution['status'], errorCode: string | null): void {
    execution.status = status
    execution.errorCode = errorCode
  }

  /** An attempt failed; whether that is the end. */
  fail(
    execution: ModelExecution,
    failure: { status: 'failed' | 'timeout'; retryable: boolean; code: string },
  ): boolean {
    const isOurs = failure.code === 'rate_limited'
    const rateLimited = isOurs ? execution.rateLimited + 1 : 0
    const again =
      failure.retryable &&
      !execution.cancelRequested &&
      execution.maxAttempts > 1 &&
      (isOurs ? rateLimited < 20 : execution.attempt < execution.maxAttempts)
    if (!again) {
      this.finish(execution, failure.status, failure.code)
      return true
    }
    if (isOurs) execution.attempt -= 1
    execution.retries += 1
    execution.rateLimited = rateLimited
    execution.errorCode = failure.code
    this.#backToQueue(execution)
    return false
  }

  /** Given back, or taken away; whether it is on the queue again. */
  requeue(execution: ModelExecution, lost: boolean): boolean {
    if (execution.cancelRequested) {
      this.finish(execution, 'cancelled', execution.errorCode)
      return false
    }
    if (lost && execution.takeovers >= 3) {
      this.finish(execution, 'failed', 'node_lost')
      return false
    }
    execution.attempt -= 1
    execution.takeovers += lost ? 1 : 0
    this.#backToQueue(execution)
    return true
  }

  #backToQueue(execution: ModelExecution) {
    execution.status = 'pending'
    execution.holder = null
    execution.leaseEnded = false
  }
}
