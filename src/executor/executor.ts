import type { ScriptApi } from '../bindings/script-api.ts'
import type { Database } from '../database/database.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Sandbox, SandboxLogLine, SandboxResult } from '../sandbox/sandbox.ts'
import { type Bell, createBell } from './bell.ts'
import { type ClaimedExecution, waitOf } from './claim-executions.ts'
import { runClaimLoop } from './claim-loop.ts'
import { type CompletionBatcher, createCompletionBatcher } from './completion-batcher.ts'
import type { Lease } from './lease.ts'
import { keepLeases, type LeaseKeeper } from './lease-keeper.ts'
import { createUserLoader, type UserLoader } from './load-user.ts'
import type { VersionLoader } from './load-version.ts'
import { createLogWriter, type LogWriter } from './log-writer.ts'
import { startReaper } from './reaper.ts'
import { type ExecutionRun, finishedExecution, notBegun, reportOf, runExecution } from './run-execution.ts'
import { createRunGate, type RunGate } from './run-gate.ts'
import { createSlotShares, type SlotShares } from './slot-shares.ts'
import type { Waiters } from './waiters.ts'

export interface ExecutorOptions {
  database: Database
  sandbox: Sandbox
  versions: VersionLoader
  api: ScriptApi
  waiters: Waiters
  metrics: Metrics
  logger: Logger
  /** Run slots of the sandbox: the most that runs here at once. */
  slots: number
  leaseSeconds: number
  /** How often to look for work that nobody rang for, now. */
  pollSeconds(): number
}

export interface Executor {
  /** Rung when work may be due. */
  work: Bell
  /** Somebody has asked to stop an execution that runs here. */
  cancel(executionId: string): void
  /**
   * Stops claiming, gives what runs `seconds` to finish, stops the rest and gives it back unharmed.
   * Resolves when nothing runs and every result has been answered.
   */
  drain(seconds: number): Promise<void>
}

interface LoggedRun extends ExecutionRun {
  /** Log lines that the ledger does not have yet. */
  unwritten: readonly SandboxLogLine[]
}

/** Why a run was stopped from here; decides what becomes of its execution. */
type StopReason = 'lease lost' | 'drained' | 'cancelled'

/** Claims executions and runs them, until it is drained. */
export function startExecutor(options: ExecutorOptions): Executor {
  return new ClaimingExecutor(options)
}

class ClaimingExecutor implements Executor {
  readonly work = createBell()
  readonly #options: ExecutorOptions
  readonly #freed = createBell()
  readonly #stopClaiming = new AbortController()
  readonly #giveUp = new AbortController()
  /** What this node has claimed and has not ended yet, in a slot or waiting for one. */
  readonly #held = new Map<string, AbortController>()
  readonly #shares: SlotShares
  readonly #gate: RunGate
  readonly #users: UserLoader
  readonly #batcher: CompletionBatcher
  readonly #leases: LeaseKeeper
  readonly #logs: LogWriter
  readonly #claiming: Promise<void>
  readonly #reaper: NodeJS.Timeout
  /** Until then this node may hold leases that it does not know of (performance.now()). */
  #doubtUntil = 0

  constructor(options: ExecutorOptions) {
    const { database, sandbox, logger, slots, leaseSeconds } = options
    this.#options = options
    this.#shares = createSlotShares(slots, () => this.work.ring())
    this.#gate = createRunGate({
      slots,
      mostPerTenant: this.#shares.most,
      hosts: sandbox.stats().hosts.length,
      capacity: () => sandbox.capacity(),
    })
    this.#users = createUserLoader(database)
    this.#batcher = createCompletionBatcher({
      database,
      logger,
      giveUp: this.#giveUp.signal,
      expectsMore: () => this.#gate.running > 0,
    })
    this.#leases = keepLeases({ database, logger, leaseSeconds })
    this.#logs = createLogWriter(database, logger)
    this.#claiming = this.#claim()
    this.#reaper = startReaper(options, this.work, () => performance.now() < this.#doubtUntil)
  }

  cancel(executionId: string) {
    this.#held.get(executionId)?.abort('cancelled' satisfies StopReason)
  }

  async drain(seconds: number): Promise<void> {
    this.#stopClaiming.abort()
    await this.#claiming
    clearInterval(this.#reaper)
    this.#gate.close()
    await whenEmpty(this.#held, this.#freed, performance.now() + seconds * 1000)
    for (const stop of this.#held.values()) stop.abort('drained' satisfies StopReason)
    await whenEmpty(this.#held, this.#freed, Number.POSITIVE_INFINITY)
    setTimeout(() => this.#giveUp.abort(), this.#options.leaseSeconds * 1000).unref()
    await this.#batcher.idle()
    this.#logs.stop()
    this.#leases.stop()
  }

  #claim(): Promise<void> {
    const { database, logger, leaseSeconds, pollSeconds } = this.#options
    return runClaimLoop({
      database,
      logger,
      leaseSeconds,
      pollSeconds,
      shares: this.#shares,
      work: this.work,
      freed: this.#freed,
      signal: this.#stopClaiming.signal,
      capacity: () => this.#shares.room(this.#gate.free(), this.#gate.waiting),
      failed: () => {
        this.#doubtUntil = performance.now() + 2 * leaseSeconds * 1000
      },
      start: (execution, grantedAt) => {
        this.#run(execution, grantedAt).catch((error) => {
          this.#leases.drop(execution.id) // Others take it over when its lease ends.
          logger.error({ err: error, execution_id: execution.id }, 'an execution could not be settled')
        })
      },
    })
  }

  async #run(execution: ClaimedExecution, grantedAt: number) {
    const lease: Lease = { tenantId: execution.tenant_id, id: execution.id, fence: execution.fence }
    const stop = new AbortController()
    this.#held.set(execution.id, stop)
    this.#shares.take(execution.tenant_id)
    this.#leases.hold(lease, grantedAt, {
      lost: () => stop.abort('lease lost' satisfies StopReason),
      cancelled: () => stop.abort('cancelled' satisfies StopReason),
    })
    const run = await this.#begin(execution, lease, stop.signal)
    await this.#settle(execution, lease, run, stop.signal.reason)
    this.#leases.drop(execution.id)
  }

  /** Runs it as soon as there is a slot for it. */
  async #begin(execution: ClaimedExecution, lease: Lease, signal: AbortSignal): Promise<LoggedRun> {
    const { sandbox, versions, api, metrics, logger } = this.#options
    const tenantId = execution.tenant_id
    const claimedAt = performance.now()
    const slot = await this.#gate.enter(tenantId, signal)
    if (slot === undefined && !signal.aborted) {
      this.#leave(execution, false)
      return { ...notBegun, unwritten: [] }
    }
    const heldMs = performance.now() - claimedAt
    metrics.queueWait.observe({ trigger: execution.trigger_type }, waitOf(execution) + heldMs / 1000)

    const log = this.#logs.open(lease)
    const parts = { sandbox, versions, users: this.#users, api, logger }
    // One that was stopped before it had a slot ends at once, as the sandbox says it.
    const run = await runExecution(parts, execution, { signal, onLogs: log.add })
    slot?.leave(run.scriptName === null ? undefined : run.result.metrics.durationMs)
    this.#leave(execution, slot !== undefined)
    run.result.metrics.startMs += heldMs
    return { ...run, unwritten: await log.close() }
  }

  #leave({ id, tenant_id }: ClaimedExecution, began: boolean) {
    this.#held.delete(id)
    this.#leases.ended(id)
    this.#shares.release(tenant_id, began)
    this.#freed.ring()
  }

  async #settle(execution: ClaimedExecution, lease: Lease, run: LoggedRun, reason?: StopReason) {
    const { status } = run.result
    if (reason === 'lease lost') {
      this.#options.metrics.leasesLost.inc()
    } else if (reason === 'drained' && (status === 'cancelled' || status === 'lost')) {
      await this.#batcher.release(lease, false)
    } else if (status === 'refused') {
      // Claimed while there was room, and then a host was gone, or the runs before it took longer than usual.
      await this.#batcher.release(lease, false)
    } else if (status === 'lost') {
      await this.#batcher.release(lease, true)
      // It is ours to take again as well as anybody's.
      this.work.ring()
      // It may have been lost once too often: who waits here must look.
      if (this.#isAwaitedHere(execution)) this.#options.waiters.finished(execution.id, 'recorded')
    } else {
      await this.#hand(execution, run)
    }
  }

  async #hand(execution: ClaimedExecution, run: LoggedRun) {
    const { metrics, waiters } = this.#options
    const report = reportOf(execution, run.result, run.unwritten)
    const { outcome, recordedAt } = await this.#batcher.report(report, this.#isAwaitedHere(execution))
    if (outcome === 'refused') return metrics.leasesLost.inc()
    this.#observe(execution, run.result)
    if (outcome !== 'final' || !this.#isAwaitedHere(execution)) return
    // A result that could not be stored was recorded as something else.
    const finish =
      recordedAt && finishedExecution(execution, run.scriptName, report, run.result.logs, recordedAt)
    waiters.finished(execution.id, finish ?? 'recorded')
  }

  #isAwaitedHere(execution: ClaimedExecution): boolean {
    return execution.awaited_by === this.#options.database.nodeId
  }

  #observe(execution: ClaimedExecution, { status, metrics: measured }: SandboxResult) {
    const { metrics, logger } = this.#options
    metrics.executions.inc({ status, trigger: execution.trigger_type })
    metrics.executionDuration.observe({ status }, measured.durationMs / 1000)
    const { tenant_id, id: execution_id, script_id, version, attempt } = execution
    logger.debug({ tenant_id, execution_id, script_id, version, attempt, status }, 'execution ended')
  }
}

/** @returns when nothing runs, or at `deadline` (performance.now()). */
async function whenEmpty(
  running: ReadonlyMap<string, unknown>,
  freed: Bell,
  deadline: number,
): Promise<void> {
  while (running.size > 0 && performance.now() < deadline) {
    await freed.wait(Math.min(100, deadline - performance.now()))
  }
}
