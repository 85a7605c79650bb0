import { CallError, type RunScope } from './binding.ts'

/** Lets calls at the database, so that no tenant's scripts take all of the node's connections. */
export interface CallGate {
  /** Runs `work` when it is the run's turn. @throws {CallError} `call_cancelled` when the run is over first. */
  pass<T>(run: RunScope, work: () => Promise<T>): Promise<T>
}

interface Waiting {
  go(): void
}

/**
 * At most `most` calls at once, of one tenant half of them; who waits is let in by turns of the tenants.
 * The rest of the pool is left for claims, leases and results.
 */
export function createCallGate(most: number): CallGate {
  const mostOfTenant = Math.max(1, Math.ceil(most / 2))
  const underWay = new Map<string, number>()
  /** In the order in which they have their turn. */
  const queues = new Map<string, Waiting[]>()
  let total = 0

  const hasRoom = (tenantId: string) => total < most && (underWay.get(tenantId) ?? 0) < mostOfTenant

  function enter(tenantId: string) {
    total += 1
    underWay.set(tenantId, (underWay.get(tenantId) ?? 0) + 1)
  }

  function leave(tenantId: string) {
    total -= 1
    const left = (underWay.get(tenantId) ?? 1) - 1
    if (left === 0) underWay.delete(tenantId)
    else underWay.set(tenantId, left)
    letNextIn()
  }

  function letNextIn() {
    for (const [tenantId, queue] of [...queues]) {
      if (!hasRoom(tenantId)) continue
      const next = queue.shift()
      queues.delete(tenantId)
      // To the end: the others first.
      if (queue.length > 0) queues.set(tenantId, queue)
      if (next === undefined) continue
      enter(tenantId)
      next.go()
    }
  }

  function wait({ tenantId, signal }: RunScope): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = queues.get(tenantId) ?? []
      queues.set(tenantId, queue)
      const waiting: Waiting = {
        go() {
          signal.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      const onAbort = () => {
        const place = queue.indexOf(waiting)
        if (place < 0) return
        queue.splice(place, 1)
        if (queue.length === 0 && queues.get(tenantId) === queue) queues.delete(tenantId)
        reject(new CallError('call_cancelled', 'The execution ended while the call waited.'))
      }
      signal.addEventListener('abort', onAbort, { once: true })
      queue.push(waiting)
    })
  }

  return {
    async pass(run, work) {
      if (run.signal.aborted) throw new CallError('call_cancelled', 'The execution has ended.')
      if (hasRoom(run.tenantId) && !queues.has(run.tenantId)) enter(run.tenantId)
      else await wait(run)
      try {
        return await work()
      } finally {
        leave(run.tenantId)
      }
    },
  }
}
