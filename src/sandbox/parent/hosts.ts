import type { SandboxEvent, SandboxOptions } from '../types.ts'
import type { ActiveRun } from './active-run.ts'
import { HostProcess } from './host-process.ts'
import { type LaunchMode, launchHost, launchModes } from './launch.ts'
import { watchHost, watchSilence } from './watch.ts'

/** A host that is not ready by then is killed. */
const startMs = 10_000
/** One that dies sooner than this, by itself, counts as one that could not start. */
const earlyMs = 1000
const watchMs = 25

export interface HostsHandlers {
  /** There may be room for another run. */
  room(): void
  /** A host had to be killed for its memory, and any of these may have taken it. */
  suspect(runs: ActiveRun[]): void
}

/**
 * Keeps `hosts` sandbox hosts alive. A host that dies is replaced at once; one that dies as it starts is
 * replaced with a delay that doubles, so a machine that cannot start hosts is not kept busy by it. A host
 * that is draining no longer counts: its replacement starts while it finishes.
 */
export class Hosts {
  mode: LaunchMode = { dropUser: false, permissions: false }
  readonly warmth = { warmHits: 0, warmMisses: 0 }
  readonly #options: SandboxOptions
  readonly #handlers: HostsHandlers
  readonly #hosts = new Set<HostProcess>()
  readonly #timers: NodeJS.Timeout[] = []
  #retry: NodeJS.Timeout | undefined
  #failures = 0
  #closing = false
  #whenEmpty: (() => void) | undefined
  readonly #killAll = () => {
    for (const host of this.#hosts) host.kill('the node is closing')
  }

  constructor(options: SandboxOptions, handlers: HostsHandlers) {
    this.#options = options
    this.#handlers = handlers
  }

  /** Finds the strictest mode in which hosts start here, and starts them. */
  async open(): Promise<void> {
    process.on('exit', this.#killAll)
    this.#timers.push(setInterval(() => this.#watchBusy(), watchMs))
    this.#timers.push(setInterval(() => this.#watchIdle(), 1000))
    for (const mode of launchModes()) {
      this.mode = mode
      if (await new Promise<boolean>((resolve) => this.#spawn(resolve))) {
        this.#replenish()
        return
      }
    }
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

  #tell(event: SandboxEvent): void {
    this.#options.onEvent?.(event)
  }

  /** @param onTried given for a trial of the mode, whose failure is no event and is not retried */
  #spawn(onTried?: (ready: boolean) => void): void {
    let wasReady = false
    const host = new HostProcess(launchHost(this.mode, this.#options.runsPerHost), {
      ready: () => {
        wasReady = true
        clearTimeout(late)
        this.#ready(host)
        onTried?.(true)
      },
      started: (warm) => {
        this.warmth[warm ? 'warmHits' : 'warmMisses'] += 1
      },
      done: () => {
        this.#settleDraining(host)
        this.#handlers.room()
      },
      exited: (_host, reason) => {
        clearTimeout(late)
        if (wasReady) this.#exited(host, reason)
        else if (onTried === undefined) this.#replaceLater(reason)
        this.#forget(host)
        onTried?.(false)
      },
    })
    this.#hosts.add(host)
    const late = setTimeout(() => host.kill('it did not start'), startMs)
  }

  #ready(host: HostProcess): void {
    host.baseBytes = host.residentBytes()
    this.#tell({ type: 'host_started', pid: host.pid, startMs: performance.now() - host.startedAt })
    this.#handlers.room()
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
    this.#tell({ type: 'host_exited', pid: host.pid, reason, runsLost: lost.length })
  }

  #forget(host: HostProcess): void {
    this.#hosts.delete(host)
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
    const serving = this.all().filter((host) => host.state === 'ready' || host.state === 'starting')
    for (let missing = this.#options.hosts - serving.length; missing > 0; missing -= 1) this.#spawn()
  }

  #settleDraining(host: HostProcess): void {
    if (host.state !== 'draining') return
    this.#replenish()
    if (host.runs.size === 0) host.kill('recycled')
  }

  #watchBusy(): void {
    const { hostMemoryMb, runsPerHost } = this.#options
    for (const host of this.#hosts) {
      if (host.runs.size === 0) continue
      watchHost(host, { hostMemoryMb, maxWarm: runsPerHost, suspect: this.#handlers.suspect })
      this.#settleDraining(host)
    }
  }

  #watchIdle(): void {
    for (const host of this.#hosts) if (host.runs.size === 0) watchSilence(host, performance.now())
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
