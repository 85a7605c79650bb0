import { readdirSync, readFileSync } from 'node:fs'
import { setPriority } from 'node:os'

import { cpuMsOf } from './process-figures.ts'

/** Of hosts: behind the node. */
export const hostPriority = 10
/** Of threads that do nothing but compute. */
const busyPriority = 19
const everyMs = 100
/** How many looks in a row found it running or ready to. */
const busyLooks = 2

interface Thread {
  cpuMs: number
  isRunning: boolean
}

interface Seen {
  cpuMs: number
  /** Processor time since the last look. */
  gained: number
  looks: number
  lowered: boolean
}

export interface ThreadPriorities {
  /** @param busyRuns runs whose isolates have not answered for a while */
  look(pid: number, busyRuns: number): void
  forget(pid: number): void
}

/**
 * Lets scripts that compute without pause step behind those that do a little: on Linux each thread has a
 * priority of its own, and a script that does not pause keeps its thread. Sixteen loops of one tenant then
 * take twice the weight of another's single run, where they would take sixteen times as much.
 */
export function createThreadPriorities(): ThreadPriorities {
  const hosts = new Map<number, { at: number; threads: Map<string, Seen> }>()

  function update(threads: Map<string, Seen>, found: ReadonlyMap<string, Thread>): void {
    for (const tid of threads.keys()) if (!found.has(tid)) threads.delete(tid)
    for (const [tid, { cpuMs, isRunning }] of found) {
      const seen = threads.get(tid) ?? { cpuMs, gained: 0, looks: 0, lowered: false }
      seen.gained = cpuMs - seen.cpuMs
      seen.cpuMs = cpuMs
      // On a busy machine it is ready more than it runs, so its share says little.
      seen.looks = isRunning ? seen.looks + 1 : 0
      threads.set(tid, seen)
    }
  }

  /** As many as there are runs that do not pause: a thread that serves many short ones is often seen running too. */
  function lower(threads: ReadonlyMap<string, Seen>, busyRuns: number): void {
    const busiest = [...threads]
      .filter(([, { looks }]) => looks >= busyLooks)
      .sort(([, a], [, b]) => b.gained - a.gained)
      .slice(0, busyRuns)
      .map(([tid]) => tid)
    for (const [tid, seen] of threads) {
      const shouldBe = busiest.includes(tid)
      if (shouldBe === seen.lowered) continue
      seen.lowered = shouldBe
      setQuietly(Number(tid), shouldBe ? busyPriority : hostPriority)
    }
  }

  return {
    look(pid, busyRuns) {
      const now = performance.now()
      const host = hosts.get(pid)
      if (host === undefined && busyRuns === 0) return
      if (host !== undefined && now - host.at < everyMs) return
      const threads = host?.threads ?? new Map<string, Seen>()
      update(threads, threadsOf(pid))
      lower(threads, busyRuns)
      const isQuiet = busyRuns === 0 && ![...threads.values()].some(({ lowered }) => lowered)
      if (isQuiet) hosts.delete(pid)
      else hosts.set(pid, { at: now, threads })
    },
    forget: (pid) => hosts.delete(pid),
  }
}

/** Its first thread is the host's own, which serves all runs; it is left alone. */
function threadsOf(pid: number): Map<string, Thread> {
  const found = new Map<string, Thread>()
  try {
    for (const tid of readdirSync(`/proc/${pid}/task`)) {
      if (tid === String(pid)) continue
      const stat = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'latin1')
      found.set(tid, { cpuMs: cpuMsOf(stat), isRunning: stat.includes(') R ') })
    }
  } catch {
    // Threads come and go while they are counted.
  }
  return found
}

function setQuietly(tid: number, priority: number): void {
  try {
    setPriority(tid, priority)
  } catch {
    // It has ended.
  }
}

const capSysNice = 23n

/** Whether a priority that was lowered can be raised again; without that right none is lowered. */
export function canRaisePriority(): boolean {
  try {
    const [, capabilities = '0'] =
      /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    return ((BigInt(`0x${capabilities}`) >> capSysNice) & 1n) === 1n
  } catch {
    return false
  }
}
