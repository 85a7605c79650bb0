import { ActiveRun } from './parent/active-run.ts'
import { Hosts } from './parent/hosts.ts'
import { wallsOf } from './parent/launch.ts'
import { createPlacement } from './parent/placement.ts'
import type { RunHooks, Sandbox, SandboxJob, SandboxOptions, SandboxResult } from './types.ts'

export type * from './types.ts'

/**
 * Starts the sandbox hosts and resolves when the first takes runs; the others follow at once.
 *
 * The caller must `close()` it. How a script ends is always a result; only a sandbox that cannot start
 * at all throws.
 */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  let queue: ActiveRun[] = []
  let closed = false
  let nextId = 0

  const placement = createPlacement(options.runsPerHost)
  const hosts = new Hosts(options, { room: dispatch, suspect: placement.suspect })
  await hosts.open()

  function dispatch(): void {
    if (queue.length === 0) return
    const ready = hosts.ready()
    if (free() < 1) return
    queue = queue.filter((run) => {
      if (run.settled) return false
      const host = placement.choose(run, ready)
      host?.start(run)
      return host === undefined
    })
  }

  function free(): number {
    return hosts.ready().reduce((sum, host) => sum + options.runsPerHost - host.runs.size, 0)
  }

  function cancel(run: ActiveRun): void {
    const host = hosts.all().find((candidate) => candidate.runs.has(run.id))
    if (host === undefined) {
      run.end('cancelled')
      queue = queue.filter((waiting) => waiting !== run)
      dispatch()
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
      if (signal?.aborted) active.end('cancelled')
      else if (closed) active.end('lost')
      else {
        signal?.addEventListener('abort', onAbort, { once: true })
        queue.push(active)
        dispatch()
      }
    })
  }

  return {
    capacity: () => Math.max(0, free() - queue.length),
    run,
    stats: () => ({
      hosts: hosts.all().map((host) => host.stats()),
      queued: queue.length,
      ...hosts.warmth,
    }),
    walls: () => wallsOf(hosts.mode),
    async close() {
      closed = true
      for (const waiting of queue.splice(0)) waiting.end('lost')
      await hosts.close()
    },
  }
}
