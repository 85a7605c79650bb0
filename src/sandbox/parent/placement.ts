import type { SandboxJob, SandboxOptions } from '../types.ts'
import type { ActiveRun } from './active-run.ts'
import type { HostProcess } from './host-process.ts'

const suspectMs = 10 * 60_000
const maxSuspects = 1000
/** After so many hosts within that time it is not one script of a tenant that ruins them. */
const mostWrecks = 3
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
  /** Its host had to be given up for what this run did. */
  wrecked(run: ActiveRun): void
  /** Whether the run may go beside others of its tenant. */
  mayShare(run: ActiveRun): boolean
  /** A host has no more to do with it. */
  ended(run: ActiveRun): void
}

/** Scripts, or tenants, to remember for a while. */
function createKeys() {
  const keys = new Map<string, { until: number; times: number }>()
  const timesOf = (key: string): number => {
    const known = keys.get(key)
    if (known === undefined || known.until > performance.now()) return known?.times ?? 0
    keys.delete(key)
    return 0
  }
  return {
    add(key: string): void {
      const times = timesOf(key) + 1
      keys.delete(key)
      keys.set(key, { until: performance.now() + suspectMs, times })
      for (const oldest of keys.keys()) if (keys.size > maxSuspects) keys.delete(oldest)
    },
    delete: (key: string): boolean => keys.delete(key),
    has: (key: string): boolean => timesOf(key) > 0,
    timesOf,
  }
}

/**
 * Decides where runs go: to a host with a warm isolate of the tenant unless others have far less to do,
 * else to the one with least to do.
 *
 * When several busy runs may have taken a host's memory, blaming one would fail the innocent. All of them
 * are `lost`, and when their code comes back it runs alone on its host for a while: then it either
 * succeeds, or is at fault beyond doubt. A host set aside for such a run takes no other until it has run.
 * A script that has cost a host, such as one with a loop that V8 cannot interrupt, runs alone for a while too:
 * others cannot be on the host that it costs next. There is always another host that is not set aside, where there
 * are several.
 * Likewise a script that was there when a shared isolate had to be ended gets one of its own for a while.
 */
export function createPlacement({ hosts: most, runsPerHost }: SandboxOptions): Placement {
  const suspects = createKeys()
  const wreckers = createKeys()
  const wreckingTenants = createKeys()
  const unshared = createKeys()
  const alone = new WeakSet<ActiveRun>()

  function setAside(run: ActiveRun, hosts: HostProcess[]): HostProcess | undefined {
    const open = leastBusy(hosts.filter(isOpen))
    const mayTake = most === 1 || open.length > 1
    const host = hosts.find((candidate) => candidate.setAsideFor === run) ?? (mayTake ? open[0] : undefined)
    if (host === undefined) return undefined
    host.setAsideFor = run
    if (host.runs.size > 0) return undefined
    alone.add(run)
    return host
  }

  function mustBeAlone({ script, tenantId }: SandboxJob): boolean {
    return (
      suspects.has(script.key) || wreckers.has(script.key) || wreckingTenants.timesOf(tenantId) >= mostWrecks
    )
  }

  function choose(run: ActiveRun, hosts: HostProcess[]): HostProcess | undefined {
    const { tenantId } = run.job
    if (mustBeAlone(run.job)) return setAside(run, hosts)
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
    wrecked({ job }) {
      wreckers.add(job.script.key)
      wreckingTenants.add(job.tenantId)
    },
    mayShare: ({ job }) => !unshared.has(job.script.key) && !mustBeAlone(job),
    ended(run) {
      const { key } = run.job.script
      if (run.shared && endsOfSharing.includes(run.endCode)) unshared.add(key)
      // It was the other one.
      if (alone.has(run) && run.endCode === 'completed') suspects.delete(key)
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
