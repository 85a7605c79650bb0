/** How the run slots of this node are shared: no tenant holds them all while another might need one. */
export interface SlotShares {
  /** The most that one tenant may hold. */
  readonly most: number
  /** What each tenant holds now; who holds none is not there. */
  readonly held: ReadonlyMap<string, number>
  take(tenantId: string): void
  release(tenantId: string): void
  /** Free slots that are of little use just now: the tenant with most can take few more, or none. */
  keptFree(): number
}

/**
 * The last quarter of the slots, one at least, is for tenants that hold less; of a single slot there is no part.
 *
 * @param reopened called when a tenant that was at its most may take more again. What it has waiting is
 *   not rung for by anybody else.
 */
export function createSlotShares(slots: number, reopened: () => void): SlotShares {
  const reserve = slots === 1 ? 0 : Math.max(1, Math.floor(slots / 4))
  const most = slots - reserve
  const held = new Map<string, number>()

  return {
    most,
    held,
    take(tenantId) {
      held.set(tenantId, (held.get(tenantId) ?? 0) + 1)
    },
    release(tenantId) {
      const before = held.get(tenantId) ?? 0
      if (before > 1) held.set(tenantId, before - 1)
      else held.delete(tenantId)
      if (before >= most) reopened()
    },
    keptFree() {
      const leastRoom = most - Math.max(0, ...held.values())
      return leastRoom < slots / 4 ? reserve : 0
    },
  }
}
