import { LRUCache } from 'lru-cache'

/** How long a tenant's runs take of late, from a script's first line to its result. */
export interface RunLengths {
  note(tenantId: string, ms: number): void
  /** How long a new run may have been under way and still be taken for one that only waits for a processor. */
  patienceMs(tenantId: string): number
}

/** Scripts that neither wait nor compute to speak of take less. */
const shortMs = 5
/** A new isolate and its first run take half of it, where others are made beside it. */
const patienceMs = 25
/** What the last run counts for. */
const weight = 0.2

export function createRunLengths(): RunLengths {
  const lengths = new LRUCache<string, number>({ max: 1_000 })
  return {
    note(tenantId, ms) {
      const before = lengths.get(tenantId) ?? ms
      lengths.set(tenantId, before + weight * (ms - before))
    },
    patienceMs(tenantId) {
      return (lengths.get(tenantId) ?? 0) < shortMs ? patienceMs : 0
    },
  }
}
