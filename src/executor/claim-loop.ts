import type { Database } from '../database/database.ts'
import { isConnectionError } from '../database/database-error.ts'
import type { Logger } from '../log.ts'
import type { Bell } from './bell.ts'
import { type ClaimedExecution, claimExecutions } from './claim-executions.ts'
import { nextDueIn } from './next-due.ts'
import type { SlotShares } from './slot-shares.ts'

export interface ClaimLoopOptions {
  database: Database
  logger: Logger
  leaseSeconds: number
  /** The longest wait between two claims while nothing rings, now: the floor under a lost NOTIFY. */
  pollSeconds(): number
  /** What there is room for now: free slots, and what will find one in a moment. */
  capacity(): number
  /** Who holds how much of it; kept up to date by `start` and by the end of a run. */
  shares: SlotShares
  /** Rung when work may be due, and when a tenant that held its most may take more. */
  work: Bell
  /** Rung when a slot becomes free. */
  freed: Bell
  signal: AbortSignal
  /** Takes a claimed execution over; `grantedAt` is from before the claim was sent. */
  start(execution: ClaimedExecution, grantedAt: number): void
  /** A claim failed: if only its answer was lost, this node holds leases that it does not know of. */
  failed(): void
}

/** The first wait after running dry; doubles up to the poll floor. Covers a publisher whose
 *  transaction was open while the node was awake: nobody rings for it. */
const firstPauseMs = 20
/** Nobody rings when something put off becomes due; a pause as long as this asks for that moment first. */
const longPauseMs = 250
/** A busy node claims for several slots at once rather than one by one, but lets no slot idle for long. */
const gatherMs = 2
/** While slots go on becoming free there is a claim this often, for a tenant that needs only one of them. */
const mostGatherMs = 20

/**
 * Claims work for as long as there is room and something due, and sleeps otherwise.
 *
 * The protocol of sleep: a claim that comes away empty has written the node down as asleep, so from
 * its commit on publishers ring; whatever was committed before is found by the second claim. Only
 * then does the loop wait. It is the same where all that is due belongs to tenants that hold their most here.
 */
export async function runClaimLoop(options: ClaimLoopOptions): Promise<void> {
  const { work, signal } = options
  let empty = 0
  let askedAt = Number.NEGATIVE_INFINITY

  while (!signal.aborted) {
    const capacity = await roomFor(options, askedAt + mostGatherMs)
    if (capacity < 1) continue
    askedAt = performance.now()
    const claimed = await claim(options, capacity)
    if (claimed === 'failed') empty = Math.max(empty + 1, 4)
    else empty = claimed > 0 ? 0 : empty + 1
    if (empty < 2) continue
    const rung = await work.wait(await pauseAfter(empty, claimed === 'failed', options), signal)
    if (rung) empty = 0
  }
}

/** Doubles with every claim that came away empty, up to the poll floor and to what is due next. */
async function pauseAfter(empty: number, failed: boolean, options: ClaimLoopOptions): Promise<number> {
  const { database, logger, pollSeconds } = options
  const pause = Math.min(firstPauseMs * 2 ** (empty - 2), pollSeconds() * 1000)
  if (failed || pause < longPauseMs) return pause
  try {
    // A little late is at once; a little early would be another pause.
    return Math.min(pause, (await nextDueIn(database)) + 1)
  } catch (error) {
    logger.warn({ err: error }, 'asking for what is due next failed')
    return Math.min(pause, 1_000)
  }
}

/** How many to claim; 0 after a wait in which nothing became free, or too little to be worth a claim yet. */
async function roomFor(
  { shares, capacity, freed, signal }: ClaimLoopOptions,
  deadline: number,
): Promise<number> {
  const room = capacity()
  if (room >= shares.enough()) return room
  const freedMore = await freed.wait(room < 1 ? 1_000 : gatherMs, signal)
  const worthMore = freedMore && performance.now() < deadline
  return worthMore || signal.aborted ? 0 : room
}

async function claim(options: ClaimLoopOptions, capacity: number): Promise<number | 'failed'> {
  const { database, logger, leaseSeconds, shares } = options
  try {
    const grantedAt = performance.now()
    const claimed = await claimExecutions(database, {
      capacity,
      leaseSeconds,
      mostPerTenant: shares.most,
      held: shares.standing(),
    })
    for (const execution of claimed) options.start(execution, grantedAt)
    return claimed.length
  } catch (error) {
    logger[isConnectionError(error) ? 'warn' : 'error']({ err: error }, 'claiming failed')
    options.failed()
    return 'failed'
  }
}
