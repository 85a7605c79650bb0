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

/** An empty host takes some 85 MB. */
const leastHostMb = 256

export interface WatchOptions {
  hostMemoryMb: number
  /** Warm isolates a host keeps at most. */
  maxWarm: number
  suspect(runs: ActiveRun[]): void
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
  watchMemory(host, options)
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

/**
 * A run may take twice its limit and 48 MB before it shows from outside: heaps are counted with garbage,
 * and the library itself lets the limit be passed by half. What earlier runs have left counts for nobody who
 * runs now; it can only become less.
 */
function watchMemory(host: HostProcess, options: WatchOptions): void {
  const resident = host.residentBytes()
  const running = [...host.runs.values()]
  const granted = running.reduce((sum, run) => sum + (2 * run.job.limits.memoryMb + 48) * megabyte, 0)
  const warm = Math.min(host.isolates.warm, options.maxWarm) * warmMb * megabyte
  const cap = Math.max(options.hostMemoryMb, leastHostMb) * megabyte
  // Disposing isolates gives memory back only in part, so a host that has grown makes way for a new one.
  if (resident > host.baseBytes + (cap - host.baseBytes) * 0.7) host.drain()
  host.leftBytes = Math.max(0, Math.min(host.leftBytes, resident - host.baseBytes))
  const kept = Math.max(warm, host.leftBytes)
  if (resident <= Math.min(cap, host.baseBytes + kept + granted)) return
  host.kill(`it holds ${Math.round(resident / megabyte)} MB`)
  const suspects = atFault(running)
  if (suspects.length === 1) suspects[0]?.end('memory_limit')
  else options.suspect(suspects)
}

/**
 * Who may have taken the memory: a run measured over its limit; else those whose isolates do not answer,
 * for one that allocates in a loop cannot be measured. One name is a verdict; several are suspects.
 */
function atFault(running: ActiveRun[]): ActiveRun[] {
  if (running.length === 1) return running
  const over = running.filter((run) => run.figures.bytes > run.job.limits.memoryMb * megabyte)
  if (over.length > 0) return over.sort((a, b) => b.figures.bytes - a.figures.bytes).slice(0, 1)
  const busy = running.filter((run) => run.figures.busyMs > 50)
  return busy.length > 0 ? busy : running
}
