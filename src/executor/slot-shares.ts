import { createPaces } from './pace.ts'

/**
 * How the run slots of this node are shared: no tenant runs in them all while another might need one. Where
 * runs are short, some more executions are claimed than there are slots, so that a claim fetches many: what
 * will have begun within 50 ms, by the pace of the last ones, and no tenant more than by its own pace.
 */
export interface SlotShares {
  /** The most slots that one tenant may run in. */
  readonly most: number
  /** What each tenant holds as a claim is told, so that nobody gets more than its slots or its pace allows. */
  standing(): ReadonlyMap<string, number>
  take(tenantId: string): void
  /** A run has ended, or was given back without having begun. */
  release(tenantId: string, began: boolean): void
  /** What may be claimed, with so many slots free and so many executions that wait here for one. */
  room(free: number, waiting: number): number
  /** The room from which on a claim is worth its cost; what is of little use just now counts for nothing. */
  enough(): number
}

/** More at once makes a claim no cheaper, and holds memory for their inputs. */
const usualAhead = 256

/**
 * The last quarter of the slots, one at least, is for tenants that hold less; of a single slot there is no part.
 *
 * @param reopened called when a tenant that a claim was told of as holding its most may take more again. What
 *   it has waiting is not rung for by anybody else.
 * @param mostAhead claimed beyond the slots, however short the runs
 */
export function createSlotShares(
  slots: number,
  reopened: () => void,
  { mostAhead = usualAhead, paces = createPaces() } = {},
): SlotShares {
  const reserve = slots === 1 ? 0 : Math.max(1, Math.floor(slots / 4))
  const most = slots - reserve
  const held = new Map<string, number>()
  const closed = new Set<string>()

  const ahead = () => Math.min(mostAhead, Math.max(0, paces.total() - most))
  const aheadOf = (tenantId: string) => Math.min(mostAhead, Math.max(0, paces.of(tenantId) - most))
  const mayTake = (tenantId: string) => most + aheadOf(tenantId) - (held.get(tenantId) ?? 0)

  return {
    most,
    standing() {
      const told = new Map(held)
      for (const [tenantId] of paces.above(most)) {
        told.set(tenantId, (held.get(tenantId) ?? 0) - aheadOf(tenantId))
      }
      closed.clear()
      for (const [tenantId, count] of told) if (count >= most) closed.add(tenantId)
      return told
    },
    take(tenantId) {
      held.set(tenantId, (held.get(tenantId) ?? 0) + 1)
    },
    release(tenantId, began) {
      const before = held.get(tenantId) ?? 0
      if (before > 1) held.set(tenantId, before - 1)
      else held.delete(tenantId)
      if (began) paces.ended(tenantId)
      if (closed.has(tenantId) && mayTake(tenantId) > 0) {
        closed.delete(tenantId)
        reopened()
      }
    },
    room: (free, waiting) => Math.max(0, free + ahead() - waiting),
    enough() {
      const worth = Math.max(1, slots / 4, ahead() / 2)
      const leastRoom = Math.min(most, ...[...held.keys()].map(mayTake))
      return worth + (leastRoom < worth ? reserve : 0)
    },
  }
}
