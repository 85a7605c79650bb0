/** How many executions of each tenant end here within `paceMs`, going by the last few of these. */
export interface Paces {
  ended(tenantId: string): void
  of(tenantId: string): number
  /** Of all tenants together. */
  total(): number
  /** Tenants whose pace is more than this, with their pace. */
  above(least: number): Iterable<[tenantId: string, pace: number]>
}

export const paceMs = 50

interface Count {
  /** What has ended, the older the less of it. */
  count: number
  at: number
}

export function createPaces(now: () => number = () => performance.now()): Paces {
  const tenants = new Map<string, Count>()
  const everybody: Count = { count: 0, at: 0 }

  const decayed = ({ count, at }: Count) => count * 2 ** ((at - now()) / paceMs)
  // What ends evenly leaves a count of 1 / ln 2 of what ends within one half-life.
  const paceOf = (entry: Count | undefined) => (entry ? Math.floor(decayed(entry) * Math.LN2) : 0)

  function add(entry: Count) {
    entry.count = decayed(entry) + 1
    entry.at = now()
  }

  return {
    ended(tenantId) {
      let entry = tenants.get(tenantId)
      if (entry === undefined) {
        entry = { count: 0, at: 0 }
        tenants.set(tenantId, entry)
      }
      add(entry)
      add(everybody)
    },
    of: (tenantId) => paceOf(tenants.get(tenantId)),
    total: () => paceOf(everybody),
    *above(least) {
      for (const [tenantId, entry] of tenants) {
        const pace = paceOf(entry)
        if (pace > least) yield [tenantId, pace]
        else if (decayed(entry) < 0.5) tenants.delete(tenantId)
      }
    },
  }
}
