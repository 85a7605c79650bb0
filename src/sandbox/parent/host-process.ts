import type { ChildProcess } from 'node:child_process'
import type { Duplex } from 'node:stream'

import { createFrameReader, encodeFrame, maxFrameFromHost } from '../channel.ts'
import type { HostStats, StartFigures } from '../types.ts'
import type { ActiveRun } from './active-run.ts'
import { createAnswerLane } from './answer-lane.ts'
import { codeFrame, runFrame, type WarmUp, warmFrame } from './frames.ts'
import { type ProcessFigures, readProc } from './process-figures.ts'
import { readCounts, readRunFigures } from './read-figures.ts'

export interface HostHandlers {
  ready(host: HostProcess): void
  started(run: ActiveRun, warmth: StartFigures['warmth']): void
  exited(host: HostProcess, reason: string): void
  done(host: HostProcess, run: ActiveRun): void
  stale(key: string): void
}

/** A host that has stopped reading may keep this much of ours; more, and it is killed. */
const maxUnsent = 128 * 1024 * 1024
/** A run that is over sooner has not left much, and need not be asked for it. */
const quickMs = 10
/** How long an isolate has not answered when its run counts as busy. */
const busyMs = 50

/**
 * The node's end of one sandbox host. Nothing that arrives here is believed: a frame that does not fit
 * kills the host, and a message about a run that the host was not given is dropped.
 */
export class HostProcess {
  readonly pid: number
  readonly startedAt = performance.now()
  readonly runs = new Map<string, ActiveRun>()
  /** Warm isolates by tenant, as far as the host has told. */
  readonly warm = new Map<string, number>()
  state: 'starting' | 'ready' | 'draining' | 'dead' = 'starting'
  /** Since when a thread of it has not obeyed. */
  wedgedSince = 0
  /** Resident when it had started and run nothing. */
  baseBytes = 0
  /** Above that, what ended runs have left: memory is given back later than they end, and in part. */
  leftBytes = 0
  heardAt = performance.now()
  pingedAt = 0
  isolates = { running: 0, warm: 0, spare: 0, made: 0 }
  /** Runs that keep a thread of it. */
  busyRuns = 0
  /** Another one is on its way to take its place. */
  retiring = false
  trimmedAt = 0
  /** The run that this host is kept free for. */
  setAsideFor: ActiveRun | undefined
  /** What the watch saw the last time: processor time, and the run that was alone here, if one was. */
  seen: { cpuMs: number; alone: ActiveRun | undefined } = { cpuMs: 0, alone: undefined }
  readonly #child: ChildProcess
  readonly #channel: Duplex
  readonly #handlers: HostHandlers
  readonly #known = new Set<string>()
  #killReason = ''
  #lastWords = ''
  /** What it says of itself, for where nothing else does. */
  #own = { resident: 0, cpuMs: 0 }
  readonly #process: ProcessFigures
  readonly #leave = createAnswerLane()
  #corked = false

  constructor(child: ChildProcess, handlers: HostHandlers, figuresOf = readProc) {
    this.pid = child.pid ?? -1
    this.#process = figuresOf(this.pid)
    this.#child = child
    this.#handlers = handlers
    this.#channel = child.stdio[3] as Duplex
    const read = createFrameReader(maxFrameFromHost)
    this.#channel.on('data', (chunk: Buffer) => this.#read(read, chunk))
    this.#channel.on('error', () => this.kill('its channel broke'))
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString()).slice(-2000)
    })
    child.on('error', (error) => this.#exited(error.message))
    child.on('exit', (code, signal) => this.#exited(`exit ${signal ?? code}`))
  }

  #read(read: (chunk: Buffer) => string[][], chunk: Buffer): void {
    if (this.state === 'dead' || this.#killReason !== '') return
    try {
      for (const parts of read(chunk)) this.#receive(parts)
    } catch (error) {
      this.kill(error instanceof Error ? error.message : 'a broken frame')
    }
  }

  #receive(parts: string[]): void {
    this.heardAt = performance.now()
    this.pingedAt = 0
    const [verb, id = '', a = '', b = '', c = '', d = ''] = parts
    if (verb === 'ready' && this.state === 'starting') {
      this.state = 'ready'
      this.#handlers.ready(this)
    } else if (verb === 'figures') this.#figures(id, a)
    else if (verb === 'gone') this.#countWarm(id, -1)
    else if (verb === 'warmed') this.#countWarm(id, 1)
    else if (verb === 'stale') this.#handlers.stale(id)
    const run = this.runs.get(id)
    if (run === undefined) return
    if (verb === 'started') this.#started(run, a, b, c)
    else if (verb === 'need') this.#sendCode(run)
    else if (verb === 'log') run.log(a, b, c, d)
    else if (verb === 'cut') run.cutLogs()
    else if (verb === 'call') void this.#call(run, a, b, c)
    else if (verb === 'done') this.#done(run, parts)
  }

  #started(run: ActiveRun, how: string, clockAt: string, msAgo: string): void {
    if (run.startedAt !== 0) return
    run.started(clockAt, msAgo)
    this.#handlers.started(run, how === 'warm' || how === 'spare' ? how : 'cold')
  }

  #done(run: ActiveRun, [, , verdict = '', payload = '', metrics = '', state]: string[]): void {
    this.runs.delete(run.id)
    if (performance.now() - run.dispatchedAt > quickMs)
      this.leftBytes = Math.max(0, this.residentBytes() - this.baseBytes)
    if (this.runs.size === 0) this.busyRuns = 0
    run.done(verdict, payload, metrics)
    if (state === 'wedged') {
      run.wrecked = true
      this.wedgedSince ||= performance.now()
      this.drain()
    } else this.#countWarm(run.job.tenantId, 1)
    this.#handlers.done(this, run)
  }

  #countWarm(tenantId: string, change: number): void {
    const count = (this.warm.get(tenantId) ?? 0) + change
    if (count > 0) this.warm.set(tenantId, count)
    else this.warm.delete(tenantId)
  }

  #figures(runsText: string, countsText: string): void {
    for (const [id, figures] of readRunFigures(runsText)) {
      const run = this.runs.get(id)
      if (run) run.figures = figures
    }
    this.busyRuns = [...this.runs.values()].filter((run) => run.figures.busyMs > busyMs).length
    const counts = readCounts(countsText)
    if (counts === undefined) return
    this.isolates = counts.isolates
    this.#own = counts.own
  }

  async #call(run: ActiveRun, call: string, name: string, args: string): Promise<void> {
    const { ok, text, onTaken } = await run.call(name, args)
    const parts = ['reply', run.id, call, ok ? 'ok' : 'error', text]
    await this.#leave(text, (onLeft) => (run.settled ? onLeft() : this.#write(parts, onLeft)))
    onTaken()
  }

  #sendCode(run: ActiveRun): void {
    this.send(...codeFrame(run))
  }

  start(run: ActiveRun): void {
    const { job } = run
    const { script } = job
    this.runs.set(run.id, run)
    this.seen.alone = undefined
    run.dispatchedAt = performance.now()
    this.#countWarm(job.tenantId, -1)
    // The host forgets code that it has not used for long, and then asks for it.
    this.send(...runFrame(run, this.#knows(script.key)))
  }

  /** Has it make an isolate ready for a tenant's next run. */
  warmUp(next: WarmUp): void {
    if (!this.#knows(next.script.key)) this.send(...warmFrame(next))
  }

  #knows(key: string): boolean {
    if (this.#known.has(key)) return true
    if (this.#known.size > 10_000) this.#known.clear()
    this.#known.add(key)
    return false
  }

  send(...parts: string[]): void {
    if (this.state !== 'dead') this.#write(parts)
  }

  #write(parts: string[], onLeft?: () => void): void {
    // What is said within one turn leaves in one write.
    if (!this.#corked) {
      this.#corked = true
      this.#channel.cork()
      setImmediate(() => {
        this.#corked = false
        this.#channel.uncork()
      })
    }
    this.#channel.write(encodeFrame(parts), onLeft)
    if (this.#channel.writableLength > maxUnsent) this.kill('it stopped reading')
  }

  /** Gives it no more runs; it is killed when those it has are over. */
  drain(): void {
    if (this.state !== 'ready') return
    this.state = 'draining'
  }

  get wasKilled(): boolean {
    return this.#killReason !== ''
  }

  kill(reason: string): void {
    if (this.state === 'dead') return
    this.#killReason ||= reason
    // At once, for a run that ends now may be followed by one that is looking for a host.
    this.state = 'draining'
    this.#child.kill('SIGKILL')
  }

  /** Bytes resident now, by its own word where the machine does not tell. */
  residentBytes(): number {
    return this.state === 'dead' ? 0 : this.#process.residentBytes() || this.#own.resident
  }

  /** Processor time used so far by all of its threads; likewise. */
  cpuMs(): number {
    return this.#process.cpuMs() || this.#own.cpuMs
  }

  #exited(how: string): void {
    if (this.state === 'dead') return
    this.state = 'dead'
    this.#process.close()
    this.#channel.destroy()
    const words = this.#killReason === '' && this.#lastWords !== '' ? `: ${this.#lastWords.trim()}` : ''
    this.#handlers.exited(this, this.#killReason || `${how}${words}`)
  }

  stats(): HostStats {
    const state = this.state === 'dead' ? 'draining' : this.state
    const { pid, runs, isolates } = this
    return { pid, state, residentBytes: this.residentBytes(), running: runs.size, isolates }
  }
}
