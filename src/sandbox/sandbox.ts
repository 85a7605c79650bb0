import { ActiveRun } from './parent/active-run.ts'
import type { HostProcess } from './parent/host-process.ts'
import { openHosts } from './parent/hosts.ts'
import { wallsOf } from './parent/launch.ts'
import type { RunHooks, Sandbox, SandboxJob, SandboxOptions, SandboxResult } from './types.ts'

export type * from './types.ts'

/**
 * Starts the sandbox hosts and resolves when they take runs.
 *
 * The caller must `close()` it. How a script ends is always a result; only a sandbox that cannot start
 * at all throws.
 */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const queue: ActiveRun[] = []
  let closed = false
  let nextId = 0
  const warmHits = 0
  const warmMisses = 0

  const hosts = await openHosts(options, { room: () => dispatch() })

  /** Where the tenant has a warm isolate, else where there is least to do. */
  function choose(tenantId: string): HostProcess | undefined {
    const free = hosts.ready().filter((host) => host.runs.size < options.runsPerHost)
    const warmth = (host: HostProcess) => ((host.warm.get(tenantId) ?? 0) > 0 ? 1 : 0)
    return free.sort((a, b) => warmth(b) - warmth(a) || a.runs.size - b.runs.size)[0]
  }

  function dispatch(): void {
    while (queue.length > 0) {
      const [run] = queue
      if (run === undefined) return
      const host = choose(run.job.tenantId)
      if (host === undefined) return
      queue.shift()
      if (!run.settled) host.start(run)
    }
  }

  function cancel(run: ActiveRun): void {
    const host = hosts.all().find((candidate) => candidate.runs.has(run.id))
    if (host === undefined) {
      run.end('cancelled')
      if (queue.includes(run)) queue.splice(queue.indexOf(run), 1)
      return
    }
    run.stoppedAt = performance.now()
    host.send('stop', run.id)
  }

  function run(job: SandboxJob, hooks: RunHooks = {}): Promise<SandboxResult> {
    return new Promise((resolve) => {
      nextId += 1
      const { signal } = hooks
      const active = new ActiveRun(String(nextId), job, hooks, (result) => {
        signal?.removeEventListener('abort', onAbort)
        resolve(result)
      })
      const onAbort = () => cancel(active)
      if (closed) return active.end('lost')
      if (signal?.aborted) return active.end('cancelled')
      signal?.addEventListener('abort', onAbort, { once: true })
      queue.push(active)
      dispatch()
    })
  }

  return {
    capacity() {
      const free = hosts.ready().reduce((sum, host) => sum + options.runsPerHost - host.runs.size, 0)
      return Math.max(0, free - queue.length)
    },
    run,
    stats: () => ({
      hosts: hosts.all().map((host) => host.stats()),
      queued: queue.length,
      warmHits: warmHits + hosts.all().reduce((sum, host) => sum + host.warmHits, 0),
      warmMisses: warmMisses + hosts.all().reduce((sum, host) => sum + host.warmMisses, 0),
    }),
    walls: () => wallsOf(hosts.mode()),
    async close() {
      closed = true
      for (const waiting of queue.splice(0)) waiting.end('lost')
      await hosts.close()
    },
  }
}
