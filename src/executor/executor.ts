import type { Database } from '../database/database.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Sandbox, SandboxResult } from '../sandbox/sandbox.ts'
import type { ScriptService } from '../scripts/script-service.ts'
import { type Bell, createBell } from './bell.ts'
import type { ClaimedExecution } from './claim-executions.ts'
import { runClaimLoop } from './claim-loop.ts'
import { createCompletionBatcher } from './completion-batcher.ts'
import type { Lease } from './lease.ts'
import { keepLeases } from './lease-keeper.ts'
import { createVersionLoader } from './load-version.ts'
import { requeueLost } from './report-executions.ts'
import { reportOf, runExecution } from './run-execution.ts'
import type { Waiters } from './waiters.ts'

export interface ExecutorOptions {
  database: Database
  sandbox: Sandbox
  scripts: ScriptService
  waiters: Waiters
  metrics: Metrics
  logger: Logger
  /** Run slots of the sandbox: the most that runs here at once. */
  slots: number
  leaseSeconds: number
  pollSeconds: number
}

export interface Executor {
  /** Rung when work may be due. */
  work: Bell
  running(): number
  /**
   * Stops claiming, gives what runs `seconds` to finish, stops the rest and gives it back unharmed.
   * Resolves when nothing runs and every result has been answered.
   */
  drain(seconds: number): Promise<void>
}

/** Why a run was stopped from here; decides what becomes of its execution. */
type StopReason = 'lease lost' | 'drained'

/** Claims executions and runs them, until it is drained. */
export function startExecutor(options: ExecutorOptions): Executor {
  const { database, sandbox, scripts, waiters, metrics, logger, slots, leaseSeconds, pollSeconds } = options
  const stopClaiming = new AbortController()
  const giveUp = new AbortController()
  const work = createBell()
  const freed = createBell()
  const running = new Map<string, AbortController>()
  const versions = createVersionLoader(database, scripts)
  const batcher = createCompletionBatcher({ database, logger, giveUp: giveUp.signal })
  const leases = keepLeases({ database, logger, leaseSeconds })

  async function run(execution: ClaimedExecution, grantedAt: number) {
    const lease: Lease = { tenantId: execution.tenant_id, id: execution.id, fence: execution.fence }
    const stop = new AbortController()
    running.set(execution.id, stop)
    leases.hold(lease, grantedAt, () => stop.abort('lease lost' satisfies StopReason))
    metrics.queueWait.observe({ trigger: execution.trigger_type }, waitOf(execution))

    const result = await runExecution({ sandbox, versions, logger }, execution, stop.signal)
    running.delete(execution.id)
    freed.ring()
    await settle(execution, lease, result, stop.signal.reason)
    leases.drop(execution.id)
  }

  async function settle(
    execution: ClaimedExecution,
    lease: Lease,
    result: SandboxResult,
    reason?: StopReason,
  ) {
    const stopped = result.status === 'cancelled' || result.status === 'lost'
    if (reason === 'lease lost') {
      metrics.leasesLost.inc()
    } else if (stopped && reason === 'drained') {
      await batcher.release(lease, false)
    } else if (result.status === 'lost') {
      await batcher.release(lease, true)
    } else {
      await hand(execution, result)
    }
  }

  async function hand(execution: ClaimedExecution, result: SandboxResult) {
    const report = reportOf(execution, result)
    const outcome = await batcher.report(report)
    if (outcome === 'refused') return metrics.leasesLost.inc()
    observe(execution, result)
    if (outcome === 'final' && execution.awaited_by === database.nodeId)
      waiters.finished(execution.id, report)
  }

  function observe(execution: ClaimedExecution, result: SandboxResult) {
    const { status } = result
    metrics.executions.inc({ status, trigger: execution.trigger_type })
    metrics.executionDuration.observe({ status }, result.metrics.durationMs / 1000)
    const { tenant_id, id: execution_id, script_id, version, attempt } = execution
    logger.debug({ tenant_id, execution_id, script_id, version, attempt, status }, 'execution ended')
  }

  const claiming = runClaimLoop({
    database,
    logger,
    leaseSeconds,
    pollSeconds,
    slots,
    work,
    freed,
    signal: stopClaiming.signal,
    capacity: () => Math.min(slots - running.size, sandbox.capacity()),
    start(execution, grantedAt) {
      run(execution, grantedAt).catch((error) =>
        logger.error({ err: error, execution_id: execution.id }, 'an execution could not be settled'),
      )
    },
  })
  const reaper = startReaper(options, work)

  return {
    work,
    running: () => running.size,
    async drain(seconds) {
      stopClaiming.abort()
      await claiming
      clearInterval(reaper)
      await whenEmpty(running, freed, performance.now() + seconds * 1000)
      for (const stop of running.values()) stop.abort('drained' satisfies StopReason)
      await whenEmpty(running, freed, Number.POSITIVE_INFINITY)
      setTimeout(() => giveUp.abort(), leaseSeconds * 1000).unref()
      await batcher.idle()
      leases.stop()
    },
  }
}

/** Any node may take over what a lost one left; half a lease between looks keeps takeover within 1.5 leases. */
function startReaper(options: ExecutorOptions, work: Bell): NodeJS.Timeout {
  const { database, metrics, logger, leaseSeconds } = options
  return setInterval(
    () => {
      requeueLost(database).then(
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
