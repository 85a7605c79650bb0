import type { ActiveRun } from './active-run.ts'
import type { HostProcess } from './host-process.ts'

const suspectMs = 10 * 60_000
const maxSuspects = 1000
/** By how many runs a host with a warm isolate may be busier than the one with least to do. */
const maxUneven = 2
/** A run that keeps a thread is as much to do as so many others. */
const busyWeight = 3
/** After these an isolate that was shared is no more, or its memory was too much for all who were in it. */
const endsOfSharing = ['timeout', 'cpu_limit', 'memory_limit', 'crowded']

export interface Placement {
  /** The host that takes the run now, or undefined when it must wait. */
  choose(run: ActiveRun, hosts: HostProcess[]): HostProcess | undefined
  /** These ran on a host that had to be killed, and nobody can tell which of them it was. */
  suspect(runs: ActiveRun[]): void
  /** Whether the run may go beside others of its tenant. */
  mayShare(run: ActiveRun): boolean
  /** One that shared an isolate has ended. */
  ended(run: ActiveRun): void
}

/** Scripts to remember for a while. */
function createKeys() {
  const keys = new Map<string, number>()
  return {
    add(key: string): void {
      keys.delete(key)
      keys.set(key, performance.now() + suspectMs)
      for (const oldest of keys.keys()) if (keys.size > maxSuspects) keys.delete(oldest)
    },
    has(key: string): boolean {
      const until = keys.get(key)
      if (until === undefined) return false
      if (until > performance.now()) return true
      keys.delete(key)
      return false
    },
  }
}

/**
 * Decides where runs go: to a host with a warm isolate of the tenant unless others have far less to do,
 * else to the one with least to do.
 *
 * When several busy runs may have taken a host's memory, blaming one would fail the innocent. All of them
 * are `lost`, and when their code comes back it runs alone on its host for a while: then it either
 * succeeds, or is at fault beyond doubt. A host set aside for such a run takes no other until it has run.
 * Likewise a script that was there when a shared isolate had to be ended gets one of its own for a while.
 */
export function createPlacement(runsPerHost: number): Placement {
  const suspects = createKeys()
  const unshared = createKeys()

  function setAside(run: ActiveRun, hosts: HostProcess[]): HostProcess | undefined {
    const host =
      hosts.find((candidate) => candidate.setAsideFor === run) ?? leastBusy(hosts.filter(isOpen))[0]
    if (host === undefined) return undefined
    host.setAsideFor = run
    return host.runs.size === 0 ? host : undefined
  }

  function choose(run: ActiveRun, hosts: HostProcess[]): HostProcess | undefined {
    const { script, tenantId } = run.job
    if (suspects.has(script.key)) return setAside(run, hosts)
    const free = leastBusy(hosts.filter((host) => isOpen(host) && host.runs.size < runsPerHost))
    const [idlest] = free
    const warm = free.find((host) => (host.warm.get(tenantId) ?? 0) > 0)
    // A warm isolate saves some 15 ms once. Kept to for ever it would leave every tenant, and all the
    // work, on the host that was ready first.
    return warm && idlest && load(warm) - load(idlest) <= maxUneven ? warm : idlest
  }

  return {
    choose,
    suspect(runs) {
      for (const { job } of runs) suspects.add(job.script.key)
    },
    mayShare: ({ job }) => !unshared.has(job.script.key) && !suspects.has(job.script.key),
    ended(run) {
      if (endsOfSharing.includes(run.endCode)) unshared.add(run.job.script.key)
    },
  }
}

function isOpen(host: HostProcess): boolean {
  return host.setAsideFor === undefined || host.setAsideFor.settled
}

function load(host: HostProcess): number {
  return host.runs.size + (busyWeight - 1) * host.busyRuns
}

function leastBusy(hosts: HostProcess[]): HostProcess[] {
  return hosts.sort((a, b) => load(a) - load(b))
}
