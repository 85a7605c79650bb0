import { ActiveRun } from './parent/active-run.ts'
import { createCompiler } from './parent/compiler.ts'
import { Hosts } from './parent/hosts.ts'
import { createPlacement, type Placement } from './parent/placement.ts'
import { RunQueue } from './parent/run-queue.ts'
import type {
  RunHooks,
  Sandbox,
  SandboxJob,
  SandboxOptions,
  SandboxResult,
  SandboxScript,
  SandboxStats,
  StartFigures,
} from './types.ts'

export type * from './types.ts'

/** How many times what runs at once may wait, unless set otherwise. */
const usualQueue = 4

/**
 * Starts the sandbox hosts and resolves when the first takes runs; the others follow at once.
 *
 * The caller must `close()` it. How a script ends is always a result; only a sandbox that cannot start
 * at all throws.
 */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const sandbox = new HostedSandbox(options)
  await sandbox.open()
  return sandbox
}

class HostedSandbox implements Sandbox {
  readonly #options: SandboxOptions
  readonly #placement: Placement
  readonly #hosts: Hosts
  readonly #compiler = createCompiler(() => this.#hosts.standing?.mode)
  readonly #queue: RunQueue
  #closed = false
  #nextId = 0

  constructor(options: SandboxOptions) {
    const { hosts, runsPerHost, maxQueued = usualQueue * hosts * runsPerHost } = options
    this.#options = options
    this.#placement = createPlacement(options)
    this.#queue = new RunQueue(maxQueued, (run) => run.end('refused'))
    this.#hosts = new Hosts(options, {
      room: () => this.#dispatch(),
      started: (run, warmth) => this.#started(run, warmth),
      done: (run) => this.#done(run),
      suspect: this.#placement.suspect,
    })
  }

  open(): Promise<void> {
    return this.#hosts.open()
  }

  #dispatch(): void {
    if (this.#queue.size === 0) return
    const ready = this.#hosts.ready()
    this.#queue.serve((run) => {
      if (this.#free() < 1) return 'full'
      const host = this.#placement.choose(run, ready)
      if (host === undefined) return 'waits'
      run.shared = run.job.shared === true && this.#placement.mayShare(run)
      this.#queue.started(run.job.tenantId)
      this.#hosts.start(host, run)
      return 'started'
    })
  }

  #started(run: ActiveRun, warmth: StartFigures['warmth']): void {
    const waitMs = run.dispatchedAt - run.queuedAt
    this.#options.onStarted?.({ warmth, waitMs, startMs: run.startedAt - run.dispatchedAt })
  }

  /** A host has no more to do with it. */
  #done(run: ActiveRun): void {
    this.#queue.ended(run.job.tenantId, run.cpuMs)
    if (run.wrecked) this.#placement.wrecked(run)
    this.#placement.ended(run)
  }

  #free(): number {
    const { runsPerHost } = this.#options
    return this.#hosts.ready().reduce((sum, host) => sum + runsPerHost - host.runs.size, 0)
  }

  #cancel(run: ActiveRun): void {
    const host = this.#hosts.all().find((candidate) => candidate.runs.has(run.id))
    if (host === undefined) {
      run.end('cancelled')
      this.#queue.remove(run)
      this.#dispatch()
      return
    }
    run.stoppedAt = performance.now()
    host.send('stop', run.id)
  }

  capacity(): number {
    return Math.max(0, this.#free() - this.#queue.size)
  }

  run(job: SandboxJob, hooks: RunHooks = {}): Promise<SandboxResult> {
    return new Promise((resolve) => {
      this.#nextId += 1
      const { signal } = hooks
      const run = new ActiveRun(String(this.#nextId), job, hooks, (result) => {
        signal?.removeEventListener('abort', onAbort)
        clearTimeout(late)
        resolve(result)
      })
      const onAbort = () => this.#cancel(run)
      let late: NodeJS.Timeout | undefined
      if (signal?.aborted) return run.end('cancelled')
      if (this.#closed) return run.end('lost')
      if (!this.#queue.add(run)) return run.end('refused')
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#dispatch()
      if (job.maxWaitMs !== undefined && run.dispatchedAt === 0)
        late = setTimeout(() => this.#giveUpWaiting(run), job.maxWaitMs)
    })
  }

  #giveUpWaiting(run: ActiveRun): void {
    if (run.dispatchedAt > 0) return
    this.#queue.remove(run)
    run.end('refused')
  }

  compile(script: SandboxScript): Promise<Buffer | undefined> {
    return this.#closed ? Promise.resolve(undefined) : this.#compiler.compile(script)
  }

  stats(): SandboxStats {
    return {
      hosts: this.#hosts.all().map((host) => host.stats()),
      queued: this.#queue.size,
      ...this.#hosts.warmth,
    }
  }

  walls() {
    return this.#hosts.walls()
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const waiting of this.#queue.clear()) waiting.end('lost')
    this.#compiler.close()
    await this.#hosts.close()
  }
}
