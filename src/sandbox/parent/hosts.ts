import type { SandboxOptions } from '../types.ts'
import type { ActiveRun } from './active-run.ts'
import { HostProcess } from './host-process.ts'
import { type LaunchMode, launchHost, launchModes } from './launch.ts'
import { watchHost, watchSilence } from './watch.ts'

const startMs = 10_000

export interface HostsHandlers {
  /** There may be room for another run. */
  room(): void
  /** A host had to be killed for its memory, and any of these may have taken it. */
  suspect(runs: ActiveRun[]): void
}

export interface Hosts {
  /** Those that take runs. */
  ready(): HostProcess[]
  all(): HostProcess[]
  mode(): LaunchMode
  warmth(): { warmHits: number; warmMisses: number }
  close(): Promise<void>
}

/**
 * Keeps `hosts` sandbox hosts alive. A host that dies is replaced at once; one that dies before it was
 * ready is replaced with a delay that doubles, so a machine that cannot start hosts is not kept busy by it.
 */
export async function openHosts(options: SandboxOptions, handlers: HostsHandlers): Promise<Hosts> {
  const hosts = new Set<HostProcess>()
  const timers = new Set<NodeJS.Timeout>()
  let waitingForExit: (() => void) | undefined
  let closing = false
  let failures = 0
  const warmth = { warmHits: 0, warmMisses: 0 }
  let mode: LaunchMode = { dropUser: false, permissions: false }

  function spawnHost(onReady?: (ready: boolean) => void): void {
    let wasReady = false
    const host = new HostProcess(launchHost(mode, options.runsPerHost), {
      ready(started) {
        wasReady = true
        failures = 0
        started.baseBytes = started.residentBytes()
        clearTimeout(late)
        options.onEvent?.({
          type: 'host_started',
          pid: started.pid,
          startMs: performance.now() - started.startedAt,
        })
        onReady?.(true)
        handlers.room()
      },
      started(warm) {
        if (warm) warmth.warmHits += 1
        else warmth.warmMisses += 1
      },
      exited(dead, reason) {
        clearTimeout(late)
        hosts.delete(dead)
        const lost = [...dead.runs.values()].filter((run) => !run.settled)
        for (const run of lost) run.end('lost')
        if (wasReady) options.onEvent?.({ type: 'host_exited', pid: dead.pid, reason, runsLost: lost.length })
        else if (onReady === undefined) replaceLater(reason)
        onReady?.(false)
        if (wasReady) replenish()
        if (hosts.size === 0) waitingForExit?.()
      },
      done(host) {
        settleDraining(host)
        handlers.room()
      },
    })
    hosts.add(host)
    const late = setTimeout(() => host.kill('it did not start'), startMs)
  }

  function replaceLater(reason: string): void {
    if (closing) return
    failures += 1
    const retryInMs = Math.min(100 * 2 ** failures, 30_000)
    options.onEvent?.({ type: 'host_start_failed', reason, retryInMs })
    const timer = setTimeout(() => {
      timers.delete(timer)
      replenish()
    }, retryInMs)
    timers.add(timer)
  }

  /** Draining hosts do not count: their replacement starts while they finish. */
  function replenish(): void {
    if (closing) return
    const serving = [...hosts].filter((host) => host.state === 'ready' || host.state === 'starting')
    for (let missing = options.hosts - serving.length; missing > 0; missing -= 1) spawnHost()
  }

  function settleDraining(host: HostProcess): void {
    if (host.state !== 'draining') return
    replenish()
    if (host.runs.size === 0) host.kill('recycled')
  }

  const watch = setInterval(() => {
    for (const host of hosts) {
      if (host.runs.size === 0) continue
      const wasReady = host.state === 'ready'
      watchHost(host, { hostMemoryMb: options.hostMemoryMb, maxWarm: options.runsPerHost, ...handlers })
      if (wasReady && host.state === 'draining') replenish()
    }
  }, 25)
  const watchIdle = setInterval(() => {
    for (const host of hosts) if (host.runs.size === 0) watchSilence(host, performance.now())
  }, 1000)

  const killAll = () => {
    for (const host of hosts) host.kill('the node is closing')
  }
  process.on('exit', killAll)

  mode = await firstWorkingMode((candidate) => {
    mode = candidate
    return new Promise<boolean>((resolve) => spawnHost(resolve))
  })
  replenish()

  return {
    ready: () => [...hosts].filter((host) => host.state === 'ready'),
    all: () => [...hosts],
    mode: () => mode,
    warmth: () => ({ ...warmth }),
    async close() {
      closing = true
      clearInterval(watch)
      clearInterval(watchIdle)
      for (const timer of timers) clearTimeout(timer)
      const gone = new Promise<void>((resolve) => {
        waitingForExit = resolve
      })
      killAll()
      if (hosts.size > 0) await gone
      process.off('exit', killAll)
    },
  }
}

async function firstWorkingMode(start: (mode: LaunchMode) => Promise<boolean>): Promise<LaunchMode> {
  const modes = launchModes()
  for (const mode of modes) if (await start(mode)) return mode
  // Said to whoever opens the sandbox: without a host nothing can run.
  throw new Error(
    'No sandbox host could be started; `isolated-vm` may be missing or built for another Node.js.',
  )
}
