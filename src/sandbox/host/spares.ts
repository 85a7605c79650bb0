import { createDemand } from '../demand.ts'
import { type IsolateKind, kindName, type WarmIsolate } from './warm-isolate.ts'

export interface Spares {
  /** A spare one, if there is one of the kind; either way it counts as asked for. */
  take(kind: IsolateKind): WarmIsolate | undefined
  clear(): void
  count(): number
}

const leastSpare = 2
const mostSpare = 8
/** Before anybody has asked: the kind that most tenants have. */
const usualKind: IsolateKind = { memoryMb: 64, isolation: 'realm', shared: false, allowCode: false }

/**
 * Isolates made ahead, as many and of the kinds that were asked for of late: two for a quiet host, eight for
 * one that has needed a new one every other second or so.
 */
export function createSpares(create: (kind: IsolateKind) => WarmIsolate): Spares {
  const demand = createDemand(kindName)
  let spare: WarmIsolate[] = []
  let timer: NodeJS.Timeout | undefined

  /** How many of each kind there should be. */
  function targets(): Map<string, { kind: IsolateKind; count: number }> {
    const wanted = demand.wanted().slice(0, 4)
    if (wanted.length === 0) wanted.push({ kind: usualKind, weight: 1 })
    const total = wanted.reduce((sum, { weight }) => sum + weight, 0)
    const room = Math.min(mostSpare, Math.max(leastSpare, Math.ceil(total / 2)))
    return new Map(
      wanted.map(({ kind, weight }) => {
        return [kindName(kind), { kind, count: Math.max(1, Math.round((room * weight) / total)) }]
      }),
    )
  }

  /** Costs 2 ms of the host's thread for each isolate, so it waits until the run at hand is on its way. */
  function topUp(): void {
    timer = undefined
    const wanted = targets()
    const surplus = spare.filter((isolate) => {
      const target = wanted.get(isolate.kindName)
      if (target) target.count -= 1
      return !target || target.count < 0
    })
    spare = spare.filter((isolate) => !surplus.includes(isolate))
    for (const isolate of surplus) isolate.dispose()
    const missing = [...wanted.values()].find(({ count }) => count > 0)
    if (!missing) return
    spare.push(create(missing.kind))
    topUpSoon()
  }

  function topUpSoon(ms = 5): void {
    timer ??= setTimeout(topUp, ms)
  }
  topUpSoon(0)

  return {
    take(kind) {
      demand.ask(kind)
      const name = kindName(kind)
      const found = spare.find((isolate) => isolate.kindName === name)
      spare = spare.filter((isolate) => isolate !== found)
      topUpSoon()
      return found
    },
    clear() {
      for (const isolate of spare.splice(0)) isolate.dispose()
      // Not at once: it was memory that was short.
      clearTimeout(timer)
      timer = undefined
      topUpSoon(5000)
    },
    count: () => spare.length,
  }
}
