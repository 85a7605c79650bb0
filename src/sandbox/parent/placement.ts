import type { ActiveRun } from './active-run.ts'
import type { HostProcess } from './host-process.ts'

const suspectMs = 10 * 60_000
const maxSuspects = 1000
/** By how many runs a host with a warm isolate may be busier than the one with least to do. */
const maxUneven = 2

export interface Placement {
  /** The host that takes the run now, or undefined when it must wait. */
  choose(run: ActiveRun, hosts: HostProcess[]): HostProcess | undefined
  /** These ran on a host that had to be killed, and nobody can tell which of them it was. */
  suspect(runs: ActiveRun[]): void
}

/**
 * Decides where runs go: to a host with a warm isolate of the tenant unless others have far less to do,
 * else to the one with least to do.
 *
 * When several busy runs may have taken a host's memory, blaming one would fail the innocent. All of them
 * are `lost`, and when their code comes back it runs alone on its host for a while: then it either
 * succeeds, or is at fault beyond doubt. A host set aside for such a run takes no other until it has run.
 */
export function createPlacement(runsPerHost: number): Placement {
  const suspects = new Map<string, number>()

  function isSuspect(key: string): boolean {
    const until = suspects.get(key)
    if (until === undefined) return false
    if (until > performance.now()) return true
    suspects.delete(key)
    return false
  }

  function setAside(run: ActiveRun, hosts: HostProcess[]): HostProcess | undefined {
    const host =
      hosts.find((candidate) => candidate.setAsideFor === run) ?? leastBusy(hosts.filter(isOpen))[0]
    if (host === undefined) return undefined
    host.setAsideFor = run
    return host.runs.size === 0 ? host : undefined
  }

  function choose(run: ActiveRun, hosts: HostProcess[]): HostProcess | undefined {
    const { script, tenantId } = run.job
    if (isSuspect(script.key)) return setAside(run, hosts)
    const free = leastBusy(hosts.filter((host) => isOpen(host) && host.runs.size < runsPerHost))
    const [idlest] = free
    const warm = free.find((host) => (host.warm.get(tenantId) ?? 0) > 0)
    // A warm isolate saves some 15 ms once. Kept to for ever it would leave every tenant, and all the
    // work, on the host that was ready first.
    return warm && idlest && warm.runs.size - idlest.runs.size <= maxUneven ? warm : idlest
  }

  return {
    choose,
    suspect(runs) {
      for (const { job } of runs) suspects.set(job.script.key, performance.now() + suspectMs)
      for (const key of suspects.keys()) if (suspects.size > maxSuspects) suspects.delete(key)
    },
  }
}

function isOpen(host: HostProcess): boolean {
  return host.setAsideFor === undefined || host.setAsideFor.settled
}

function leastBusy(hosts: HostProcess[]): HostProcess[] {
  return hosts.sort((a, b) => a.runs.size - b.runs.size)
}
