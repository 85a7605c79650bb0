import type { ActiveRun } from './active-run.ts'
import type { HostProcess } from './host-process.ts'

const megabyte = 1024 * 1024

/** How late the inner enforcer may be before the host is taken for one that does not obey. */
const graceMs = 900
/** From dispatch to start; compiling a megabyte of source on a busy machine takes a while. */
const startGraceMs = 10_000
/** A host that says nothing for so long after a ping is dead, whatever its process says. */
const silenceMs = 5000
/** How long a host with a wedged thread may go on with its other runs. */
const drainMs = 3000

/** What a warm isolate may hold: 32 MB of heap, and what the allocator keeps beside it. */
const warmMb = 48

/** An empty host takes some 85 MB; so many are assumed where it cannot be read. */
export const emptyHostBytes = 96 * megabyte
const leastHostMb = 256

export interface WatchOptions {
  hostMemoryMb: number
  /** Warm isolates a host keeps at most. */
  maxWarm: number
  suspect(runs: ActiveRun[]): void
  retire(host: HostProcess, reason: string): void
}

/**
 * The outer enforcer: looks at a busy host from outside, every 25 ms, and kills it when a limit has not
 * been kept inside. The run at fault ends with its limit; whoever else ran there ends as `lost`.
 */
export function watchHost(host: HostProcess, options: WatchOptions): void {
  const now = performance.now()
  for (const run of host.runs.values()) {
    const verdict = overdue(run, now)
    if (verdict) {
      host.kill(`a run did not end: ${verdict}`)
      // One that its host has not begun has done nothing.
      run.wrecked = run.startedAt > 0
      run.end(verdict)
      return
    }
  }
  if (host.wedgedSince > 0 && now - host.wedgedSince > drainMs) {
    host.kill('a thread of it did not end')
    return
  }
  watchSilence(host, now)
  watchProcessor(host)
  watchMemory(host, now, options)
}

/** What a host may hold, and how much of that the part above its beginning is. */
export function capOf({ hostMemoryMb }: Pick<WatchOptions, 'hostMemoryMb'>): number {
  return Math.max(hostMemoryMb, leastHostMb) * megabyte
}

/** Shares of what it may grow by at which a host gives idle isolates up, and makes way for a new one. */
const trimShare = 0.55
const retireShare = 0.7
const trimMs = 1000

/** Disposing isolates gives memory back only in part: first it is tried, then another host takes over. */
export function watchGrowth(
  host: HostProcess,
  now: number,
  options: Pick<WatchOptions, 'hostMemoryMb' | 'retire'>,
): void {
  const grown = (host.residentBytes() - host.baseBytes) / (capOf(options) - host.baseBytes)
  if (grown > trimShare && now - host.trimmedAt > trimMs) {
    host.trimmedAt = now
    host.send('trim')
  }
  if (grown > retireShare) options.retire(host, 'it has grown')
}

/**
 * Processor time is counted inside, per isolate. From outside only a run that is alone on its host can be
 * told from others: enough to end one whose host has stopped counting.
 */
function watchProcessor(host: HostProcess): void {
  const cpuMs = host.cpuMs()
  const before = host.seen
  const [run, another] = host.runs.values()
  host.seen = { cpuMs, alone: another === undefined ? run : undefined }
  // Counted only if it was alone then, is now, and nothing was started in between.
  if (run === undefined || before.alone !== run || another !== undefined) return
  run.aloneCpuMs += cpuMs - before.cpuMs
  if (run.aloneCpuMs <= run.job.limits.cpuMs * 1.5 + 1000) return
  host.kill('a run did not end: cpu_limit')
  run.wrecked = true
  run.end('cpu_limit')
}

function overdue(run: ActiveRun, now: number): string | undefined {
  if (run.stoppedAt > 0) return now - run.stoppedAt > 700 ? 'cancelled' : undefined
  const { wallMs } = run.job.limits
  if (run.startedAt > 0) return now - run.startedAt > wallMs + graceMs ? 'timeout' : undefined
  return now - run.dispatchedAt > wallMs + startGraceMs ? 'timeout' : undefined
}

export function watchSilence(host: HostProcess, now: number): void {
  if (host.pingedAt === 0) {
    if (now - host.heardAt < 1000) return
    host.pingedAt = now
    host.send('ping')
  } else if (now - host.pingedAt > silenceMs) host.kill('it does not answer')
}

/** What those who share an isolate are granted together: one run's memory, for each isolate they may fill. */
const sharersPerIsolate = 100

/**
 * A run may take twice its limit and 48 MB before it shows from outside: heaps are counted with garbage,
 * and the library itself lets the limit be passed by half. What earlier runs have left counts for nobody who
 * runs now; it can only become less.
 */
function grantedTo(running: readonly ActiveRun[]): number {
  const mbOf = (run: ActiveRun) => 2 * run.job.limits.memoryMb + 48
  const own = running.filter((run) => !run.shared).reduce((sum, run) => sum + mbOf(run), 0)
  let together = 0
  for (const runs of Map.groupBy(
    running.filter((run) => run.shared),
    (run) => run.job.tenantId,
  ).values()) {
    together += Math.ceil(runs.length / sharersPerIsolate) * Math.max(...runs.map(mbOf))
  }
  return (own + together) * megabyte
}

function watchMemory(host: HostProcess, now: number, options: WatchOptions): void {
  watchGrowth(host, now, options)
  const resident = host.residentBytes()
  if (resident <= host.baseBytes) return
  const running = [...host.runs.values()]
  const warm = Math.min(host.isolates.warm, options.maxWarm) * warmMb * megabyte
  host.leftBytes = Math.max(0, Math.min(host.leftBytes, resident - host.baseBytes))
  const kept = Math.max(warm, host.leftBytes)
  if (resident <= Math.min(capOf(options), host.baseBytes + kept + grantedTo(running))) return
  host.kill(`it holds ${Math.round(resident / megabyte)} MB`)
  const suspects = atFault(running)
  const [found] = suspects
  if (found && suspects.length === 1) {
    found.wrecked = true
    found.end('memory_limit')
  } else options.suspect(suspects)
}

/**
 * Who may have taken the memory: a run measured over its limit; else those whose isolates do not answer,
 * for one that allocates in a loop cannot be measured. One name is a verdict; several are suspects.
 */
function atFault(running: ActiveRun[]): ActiveRun[] {
  if (running.length === 1) return running
  const over = running.filter((run) => run.figures.bytes > run.job.limits.memoryMb * megabyte)
  const [most] = over.sort((a, b) => b.figures.bytes - a.figures.bytes)
  // What an isolate holds is said of each who shares it.
  if (most?.shared) return running.filter((run) => run.shared && run.job.tenantId === most.job.tenantId)
  if (most) return [most]
  const busy = running.filter((run) => run.figures.busyMs > 50)
  return busy.length > 0 ? busy : running
}
