import { readdirSync, readFileSync } from 'node:fs'
import { setPriority } from 'node:os'

import { cpuMsOf } from './process-figures.ts'

/** Of hosts: behind the node. */
export const hostPriority = 10
/** Of threads that do nothing but compute. */
const busyPriority = 19
const everyMs = 100
/** Of the time between two looks, in processor time: more, and a thread counts as busy. */
const busyShare = 0.4
/** How many looks in a row. */
const busyLooks = 2

interface Seen {
  cpuMs: number
  looks: number
  lowered: boolean
}

export interface ThreadPriorities {
  look(pid: number): void
  forget(pid: number): void
}

/**
 * Lets scripts that compute without pause step behind those that do a little: on Linux each thread has a
 * priority of its own, and a script that does not pause keeps its thread. Sixteen loops of one tenant then
 * take a seventh of the weight of another's single run, where they would take sixteen times as much.
 */
export function createThreadPriorities(): ThreadPriorities {
  const hosts = new Map<number, { at: number; threads: Map<string, Seen> }>()

  function weigh(tid: string, seen: Seen, cpuMs: number, elapsed: number): void {
    const isBusy = cpuMs - seen.cpuMs > elapsed * busyShare
    seen.looks = isBusy ? seen.looks + 1 : 0
    seen.cpuMs = cpuMs
    const lower = seen.looks >= busyLooks
    if (lower === seen.lowered) return
    seen.lowered = lower
    setQuietly(Number(tid), lower ? busyPriority : hostPriority)
  }

  return {
    look(pid) {
      const now = performance.now()
      const host = hosts.get(pid) ?? { at: 0, threads: new Map<string, Seen>() }
      hosts.set(pid, host)
      if (now - host.at < everyMs) return
      const elapsed = now - host.at
      host.at = now
      const found = threadsOf(pid)
      for (const tid of host.threads.keys()) if (!found.has(tid)) host.threads.delete(tid)
      for (const [tid, cpuMs] of found) {
        const seen = host.threads.get(tid)
        if (seen) weigh(tid, seen, cpuMs, elapsed)
        else host.threads.set(tid, { cpuMs, looks: 0, lowered: false })
      }
    },
    forget: (pid) => hosts.delete(pid),
  }
}

/** Its first thread is the host's own, which serves all runs; it is left alone. */
function threadsOf(pid: number): Map<string, number> {
  const found = new Map<string, number>()
  try {
    for (const tid of readdirSync(`/proc/${pid}/task`)) {
      if (tid === String(pid)) continue
      found.set(tid, cpuMsOf(readFileSync(`/proc/${pid}/task/${tid}/stat`, 'latin1')))
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
