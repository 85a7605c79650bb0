import type { ScriptApi } from '../bindings/script-api.ts'
import type { Database } from '../database/database.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { requeueLost } from '../queue/requeue-lost.ts'
import type { Sandbox, SandboxLogLine, SandboxResult } from '../sandbox/sandbox.ts'
import type { ScriptService } from '../scripts/script-service.ts'
import { type Bell, createBell } from './bell.ts'
import type { ClaimedExecution } from './claim-executions.ts'
import { runClaimLoop } from './claim-loop.ts'
import { type CodeCache, withCompiledCode } from './code-cache.ts'
import { type CompletionBatcher, createCompletionBatcher } from './completion-batcher.ts'
import type { Lease } from './lease.ts'
import { keepLeases, type LeaseKeeper } from './lease-keeper.ts'
import { createUserLoader, type UserLoader } from './load-user.ts'
import { createVersionLoader, type VersionLoader } from './load-version.ts'
import { createLogWriter, type LogWriter } from './log-writer.ts'
import { type ExecutionRun, finishedExecution, reportOf, runExecution } from './run-execution.ts'
import { createSlotShares, type SlotShares } from './slot-shares.ts'
import type { Waiters } from './waiters.ts'

export interface ExecutorOptions {
  database: Database
  sandbox: Sandbox
  scripts: ScriptService
  api: ScriptApi
  waiters: Waiters
  metrics: Metrics
  logger: Logger
  codeCache?: CodeCache
  /** Run slots of the sandbox: the most that runs here at once. */
  slots: number
  leaseSeconds: number
  /** How often to look for work that nobody rang for, now. */
  pollSeconds(): number
}

export interface Executor {
  /** Rung when work may be due. */
  work: Bell
  running(): number
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
  readonly #running = new Map<string, AbortController>()
  readonly #shares: SlotShares
  readonly #versions: VersionLoader
  readonly #users: UserLoader
  readonly #batcher: CompletionBatcher
  readonly #leases: LeaseKeeper
  readonly #logs: LogWriter
  readonly #claiming: Promise<void>
  readonly #reaper: NodeJS.Timeout
  /** Until then this node may hold leases that it does not know of (performance.now()). */
  #doubtUntil = 0

  constructor(options: ExecutorOptions) {
    const { database, scripts, logger, leaseSeconds } = options
    this.#options = options
    this.#shares = createSlotShares(options.slots, () => this.work.ring())
    this.#versions = withCompiledCode(createVersionLoader(database, scripts), options.codeCache)
    this.#users = createUserLoader(database)
    this.#batcher = createCompletionBatcher({ database, logger, giveUp: this.#giveUp.signal })
    this.#leases = keepLeases({ database, logger, leaseSeconds })
    this.#logs = createLogWriter(database, logger)
    this.#claiming = this.#claim()
    this.#reaper = startReaper(options, this.work, () => performance.now() < this.#doubtUntil)
  }

  running(): number {
    return this.#running.size
  }

  cancel(executionId: string) {
    this.#running.get(executionId)?.abort('cancelled' satisfies StopReason)
  }

  async drain(seconds: number): Promise<void> {
    this.#stopClaiming.abort()
    await this.#claiming
    clearInterval(this.#reaper)
    await whenEmpty(this.#running, this.#freed, performance.now() + seconds * 1000)
    for (const stop of this.#running.values()) stop.abort('drained' satisfies StopReason)
    await whenEmpty(this.#running, this.#freed, Number.POSITIVE_INFINITY)
    setTimeout(() => this.#giveUp.abort(), this.#options.leaseSeconds * 1000).unref()
    await this.#batcher.idle()
    this.#logs.stop()
    this.#leases.stop()
  }

  #claim(): Promise<void> {
    const { database, sandbox, logger, slots, leaseSeconds, pollSeconds } = this.#options
    return runClaimLoop({
      database,
      logger,
      leaseSeconds,
      pollSeconds,
      slots,
      shares: this.#shares,
      work: this.work,
      freed: this.#freed,
      signal: this.#stopClaiming.signal,
      capacity: () => Math.min(slots - this.#running.size, sandbox.capacity()),
      failed: () => {
        this.#doubtUntil = performance.now() + 2 * leaseSeconds * 1000
      },
      start: (execution, grantedAt) => {
        this.#run(execution, grantedAt).catch((error) =>
          logger.error({ err: error, execution_id: execution.id }, 'an execution could not be settled'),
        )
      },
    })
  }

  async #run(execution: ClaimedExecution, grantedAt: number) {
    const { sandbox, api, metrics, logger } = this.#options
    const lease: Lease = { tenantId: execution.tenant_id, id: execution.id, fence: execution.fence }
    const stop = new AbortController()
    this.#running.set(execution.id, stop)
    this.#shares.take(execution.tenant_id)
    this.#leases.hold(lease, grantedAt, {
      lost: () => stop.abort('lease lost' satisfies StopReason),
      cancelled: () => stop.abort('cancelled' satisfies StopReason),
    })
    metrics.queueWait.observe({ trigger: execution.trigger_type }, waitOf(execution))

    const log = this.#logs.open(lease)
    const hooks = { signal: stop.signal, onLogs: log.add }
    const parts = { sandbox, versions: this.#versions, users: this.#users, api, logger }
    const run = await runExecution(parts, execution, hooks)
    this.#running.delete(execution.id)
    this.#shares.release(execution.tenant_id)
    this.#freed.ring()
    await this.#settle(execution, lease, { ...run, unwritten: await log.close() }, stop.signal.reason)
    this.#leases.drop(execution.id)
  }

  async #settle(execution: ClaimedExecution, lease: Lease, run: LoggedRun, reason?: StopReason) {
    const { status } = run.result
    if (reason === 'lease lost') {
      this.#options.metrics.leasesLost.inc()
    } else if (reason === 'drained' && (status === 'cancelled' || status === 'lost')) {
      await this.#batcher.release(lease, false)
    } else if (status === 'refused') {
      // Claimed while there was room, and then a host was gone.
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
    const { outcome, recordedAt } = await this.#batcher.report(report)
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

/** Any node may take over what a lost one left; a quarter lease between looks keeps takeover within 1.5 leases. */
function startReaper(options: ExecutorOptions, work: Bell, thorough: () => boolean): NodeJS.Timeout {
  const { database, metrics, logger, leaseSeconds } = options
  return setInterval(
    () => {
      requeueLost(database, thorough()).then(
        (count) => {
          if (count === 0) return
          metrics.leaseTakeovers.inc(count)
          logger.warn({ executions: count }, 'took over executions of a lost node')
          work.ring()
        },
        (error) => logger.warn({ err: error }, 'looking for lost executions failed'),
      )
    },
    (leaseSeconds * 1000) / 4,
  )
}

function waitOf(execution: ClaimedExecution): number {
  const due = Math.max(execution.created_at.getTime(), execution.run_at.getTime())
  return Math.max(0, execution.started_at.getTime() - due) / 1000
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
