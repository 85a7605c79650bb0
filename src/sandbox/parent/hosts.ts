import { createDemand } from '../demand.ts'
import type { SandboxEvent, SandboxOptions, StartFigures } from '../types.ts'
import type { ActiveRun } from './active-run.ts'
import { capMemory, uncapMemory } from './cgroup.ts'
import { type WarmUp, warmUpOf } from './frames.ts'
import { HostProcess } from './host-process.ts'
import { launchHost } from './launch.ts'
import { figureReader } from './process-figures.ts'
import { findStanding, firstHost } from './standing.ts'
import { createThreadPriorities } from './thread-priority.ts'
import { type Standing, wallsOf } from './walls.ts'
import { emptyHostBytes, type WatchOptions, watchGrowth, watchHost, watchSilence } from './watch.ts'

/** A host that is not ready by then is killed. */
const startMs = 10_000
/** One that dies sooner than this, by itself, counts as one that could not start. */
const earlyMs = 1000
const watchMs = 25
/** V8 gives back in part only what an isolate took, so that a host grows with those that it has made. */
const usualRetirement = { isolates: 10_000, ms: 12 * 3_600_000 }
/** Isolates made ready in a host that takes over from another one. */
const maxWarmUp = 8

export interface HostsHandlers {
  /** There may be room for another run. */
  room(): void
  started(run: ActiveRun, warmth: StartFigures['warmth']): void
  done(run: ActiveRun): void
  /** A host had to be killed for its memory, and any of these may have taken it. */
  suspect(runs: ActiveRun[]): void
}

/**
 * Keeps `hosts` sandbox hosts alive. A host that dies is replaced at once; one that dies as it starts is
 * replaced with a delay that doubles, so a machine that cannot start hosts is not kept busy by it.
 *
 * A host that is old, has made many isolates or has grown retires: another one is started first, is made warm
 * for the tenants that ran of late, and only then does the old one take no more runs. One at a time.
 */
export class Hosts {
  standing: Standing | undefined
  readonly warmth = { warmHits: 0, warmMisses: 0 }
  readonly #options: SandboxOptions
  readonly #handlers: HostsHandlers
  readonly #watchOptions: WatchOptions
  readonly #hosts = new Set<HostProcess>()
  readonly #timers: NodeJS.Timeout[] = []
  readonly #priorities = createThreadPriorities()
  readonly #recent = createDemand<WarmUp>(
    ({ tenantId, isolation, shared }) => `${tenantId} ${isolation} ${shared}`,
  )
  #figuresOf = figureReader('own')
  #retry: NodeJS.Timeout | undefined
  #failures = 0
  #opened = false
  #closing = false
  #whenEmpty: (() => void) | undefined
  readonly #killAll = () => {
    for (const host of this.#hosts) host.kill('the node is closing')
  }

  constructor(options: SandboxOptions, handlers: HostsHandlers) {
    this.#options = options
    this.#handlers = handlers
    this.#watchOptions = {
      hostMemoryMb: options.hostMemoryMb,
      maxWarm: options.runsPerHost,
      suspect: handlers.suspect,
      retire: (host, reason) => this.#retire(host, reason),
    }
  }

  /** Finds the strictest mode in which hosts start here, and starts them. */
  async open(): Promise<void> {
    process.on('exit', this.#killAll)
    this.#timers.push(setInterval(() => this.#watchBusy(), watchMs))
    this.#timers.push(setInterval(() => this.#watchIdle(), 1000))
    const found = await findStanding(this.#options)
    this.#figuresOf = figureReader(found.figures)
    this.standing = await firstHost(
      found,
      (standing) =>
        new Promise<boolean>((resolve) => {
          this.standing = standing
          this.#spawn(resolve)
        }),
    )
    if (this.standing) return this.#replenish()
    await this.close()
    // Said to whoever opens the sandbox: without a host nothing can run.
    throw new Error('No sandbox host could be started; is isolated-vm built for this Node.js?')
  }

  ready(): HostProcess[] {
    return this.all().filter((host) => host.state === 'ready')
  }

  all(): HostProcess[] {
    return [...this.#hosts]
  }

  walls() {
    return this.standing ? wallsOf(this.standing) : []
  }

  /** Gives the run to the host, and remembers what was run of late. */
  start(host: HostProcess, run: ActiveRun): void {
    this.#recent.ask(warmUpOf(run))
    host.start(run)
  }

  #tell(event: SandboxEvent): void {
    this.#options.onEvent?.(event)
  }

  /** @param onTried given for a trial of the mode, whose failure is no event and is not retried */
  #spawn(onTried?: (ready: boolean) => void): void {
    const { standing } = this
    if (standing === undefined) return
    let wasReady = false
    const child = launchHost(standing.mode, this.#options.runsPerHost)
    const handlers = {
      ready: () => {
        wasReady = true
        clearTimeout(late)
        this.#ready(host)
        onTried?.(true)
      },
      started: (run: ActiveRun, warmth: StartFigures['warmth']) => {
        this.warmth[warmth === 'warm' ? 'warmHits' : 'warmMisses'] += 1
        this.#handlers.started(run, warmth)
      },
      done: (_host: HostProcess, run: ActiveRun) => {
        this.#handlers.done(run)
        this.#settleDraining(host)
        this.#handlers.room()
      },
      stale: (key: string) => this.#options.onStaleCode?.(key),
      exited: (_host: HostProcess, reason: string) => {
        clearTimeout(late)
        if (wasReady) this.#exited(host, reason)
        else if (onTried === undefined) this.#replaceLater(reason)
        this.#forget(host)
        onTried?.(false)
      },
    }
    const host = new HostProcess(child, handlers, this.#figuresOf)
    this.#hosts.add(host)
    const late = setTimeout(() => host.kill('it did not start'), startMs)
  }

  #ready(host: HostProcess): void {
    host.baseBytes = host.residentBytes() || emptyHostBytes
    const refused = this.standing && capMemory(this.standing.cgroups, host.pid)
    if (refused) host.kill(refused)
    if (this.#opened) for (const { kind } of this.#recent.wanted().slice(0, maxWarmUp)) host.warmUp(kind)
    this.#opened = true
    this.#tell({ type: 'host_started', pid: host.pid, startMs: performance.now() - host.startedAt })
    const retiring = this.ready().find((other) => other.retiring && other !== host)
    retiring?.drain()
    if (retiring) this.#settleDraining(retiring)
    this.#handlers.room()
  }

  #retire(host: HostProcess, reason: string): void {
    if (host.state !== 'ready' || this.#closing || this.all().some((other) => other.retiring)) return
    host.retiring = true
    this.#tell({ type: 'host_retiring', pid: host.pid, reason })
    this.#replenish()
  }

  #exited(host: HostProcess, reason: string): void {
    const lost = [...host.runs.values()].filter((run) => !run.settled)
    this.#hosts.delete(host)
    const early = !host.wasKilled && performance.now() - host.startedAt < earlyMs
    if (early) this.#replaceLater(reason)
    else {
      this.#failures = 0
      this.#replenish()
    }
    for (const run of lost) run.end('lost')
    for (const run of host.runs.values()) this.#handlers.done(run)
    this.#tell({ type: 'host_exited', pid: host.pid, reason, runsLost: lost.length })
  }

  #forget(host: HostProcess): void {
    this.#hosts.delete(host)
    this.#priorities.forget(host.pid)
    if (this.standing) uncapMemory(this.standing.cgroups, host.pid)
    if (this.#hosts.size === 0) this.#whenEmpty?.()
  }

  #replaceLater(reason: string): void {
    if (this.#closing) return
    this.#failures += 1
    const retryInMs = Math.min(100 * 2 ** this.#failures, 30_000)
    this.#tell({ type: 'host_start_failed', reason, retryInMs })
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#replenish(), retryInMs)
  }

  #replenish(): void {
    if (this.#closing) return
    const serving = this.all().filter(
      (host) => (host.state === 'ready' || host.state === 'starting') && !host.retiring,
    )
    for (let missing = this.#options.hosts - serving.length; missing > 0; missing -= 1) this.#spawn()
  }

  #settleDraining(host: HostProcess): void {
    if (host.state !== 'draining') return
    this.#replenish()
    if (host.runs.size === 0) host.kill('recycled')
  }

  #watchBusy(): void {
    for (const host of this.#hosts) {
      if (host.runs.size === 0) continue
      watchHost(host, this.#watchOptions)
      if (this.standing?.threadPriorities) this.#priorities.look(host.pid, host.busyRuns)
      this.#settleDraining(host)
    }
  }

  #watchIdle(): void {
    const now = performance.now()
    const { isolates, ms } = this.#options.retireAfter ?? usualRetirement
    for (const host of this.#hosts) {
      if (host.isolates.made > isolates) this.#retire(host, `it has made ${host.isolates.made} isolates`)
      else if (now - host.startedAt > ms) this.#retire(host, 'it is old')
      // One that starts says nothing until it is ready, and on a busy machine that takes its time.
      if (host.runs.size > 0 || host.state === 'starting') continue
      watchSilence(host, now)
      if (host.state === 'ready') watchGrowth(host, now, this.#watchOptions)
    }
  }

  async close(): Promise<void> {
    this.#closing = true
    for (const timer of this.#timers) clearInterval(timer)
    clearTimeout(this.#retry)
    const gone = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve
    })
    this.#killAll()
    if (this.#hosts.size > 0) await gone
    process.off('exit', this.#killAll)
  }
}
