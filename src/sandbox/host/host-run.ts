import type { HostMetrics, Verdict } from '../protocol.ts'
import type { Realm } from './realm.ts'
import type { WarmIsolate } from './warm-isolate.ts'

export interface HostRunJob {
  id: string
  key: string
  input: string
  context: string
  seed: string
  /** Milliseconds since 1970 at which the run's clock starts; 0 for the machine's own clock. */
  startedAt: number
  limits: HostRunLimits
  /** The same as the node sent it, for the guest. */
  limitsText: string
}

export interface HostRunLimits {
  wallMs: number
  cpuMs: number
  outputBytes: number
}

export interface HostRunEvents {
  send(...parts: string[]): void
  sendStarted(id: string, how: 'warm' | 'cold', clockAt: string): void
  /** The run is over; `atRest` says whether the isolate came to rest and may be used again. */
  over(run: HostRun, atRest: boolean): void
  /** Nothing of the run has begun, for an earlier one has spoilt this isolate: it needs another. */
  elsewhere(run: HostRun): void
}

/** How long an isolate may take to come to rest, once its script has ended or was stopped. */
const restMs = 100
/** Promises that nobody handled are read when all else is done, and reading may run the script once more. */
const maxRests = 3
const maxArgumentBytes = 10 * 1024 * 1024

/**
 * One execution in this host, and the inner enforcer of its limits: it ends the isolate of a run that has
 * used up its time. The node holds the outer ones, for when this does not help.
 */
export class HostRun {
  readonly job: HostRunJob
  readonly isolate: WarmIsolate
  readonly #events: HostRunEvents
  #realm: Realm | undefined
  #startedAt = 0
  #cpuAtStart = 0
  #cpuMs = 0
  #peak = 0
  #measuredAt = 0
  #measuring = false
  #ended = false
  #wallTimer: NodeJS.Timeout | undefined
  #alarm: NodeJS.Timeout | undefined
  /** The entries into the isolate that have not come back. */
  #entries = 0
  /** Whether the last entry left nothing to run in the isolate. */
  #clean = true
  #onLeft: () => void = () => undefined

  constructor(job: HostRunJob, isolate: WarmIsolate, events: HostRunEvents) {
    this.job = job
    this.isolate = isolate
    this.#events = events
  }

  async start(warm: boolean): Promise<void> {
    const { id, key, input, context, seed, startedAt, limits, limitsText } = this.job
    try {
      const realm = await this.isolate.take(key)
      this.#realm = realm
      if (this.#ended) return
      realm.listen((verb, a, b, c, d) => this.#heard(verb, a, b, c, d))
      this.#startedAt = this.#measuredAt = performance.now()
      this.#cpuAtStart = this.isolate.cpuMs()
      this.#wallTimer = setTimeout(() => this.stop('timeout'), limits.wallMs)
      this.#events.sendStarted(id, warm ? 'warm' : 'cold', String(startedAt || Date.now()))
      const number = Number(id)
      const begun = realm.start({ number, key, input, context, limits: limitsText, seed, startedAt })
      this.#enter(begun.then((possible) => possible === false && this.#leave()))
    } catch (error) {
      this.#failToStart(error)
    }
  }

  #leave(): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#wallTimer)
    this.#realm?.listen(undefined)
    this.#events.elsewhere(this)
  }

  /** A script that does not compile; the message is V8's, with no author object in it. */
  #failToStart(error: unknown): void {
    if (this.isolate.isDisposed) {
      this.stop('memory_limit')
      return
    }
    const message = error instanceof Error ? error.message : ''
    const payload = { code: 'invalid_script', type: 'SyntaxError', message, frames: '', retryable: false }
    this.#end('error', JSON.stringify(payload))
  }

  #enter(entry: Promise<unknown>): void {
    this.#entries += 1
    const left = (clean: boolean) => {
      this.#entries -= 1
      this.#clean = clean
      // The library gives an isolate up at its memory limit. Any other rejection is a promise of the
      // script that nobody handled, copied to plain text: the script itself goes on.
      if (this.#ended) this.#onLeft()
      else if (this.isolate.isDisposed) this.stop('memory_limit')
    }
    entry.then(
      () => left(true),
      () => left(false),
    )
  }

  #heard(verb: string, a: string | number, b: string, c: string, d: string): void {
    if (this.#ended) return
    const { id } = this.job
    if (verb === 'log') this.#events.send('log', id, b, String(a), c, d)
    else if (verb === 'call') this.#heardCall(Number(a), b, c)
    else if (verb === 'cut') this.#events.send('cut', id)
    else if (verb === 'alarm') this.#setAlarm(Number(a))
    else if (verb === 'done') this.#heardDone(String(a) as Verdict, b)
  }

  #heardCall(call: number, name: string, args: string): void {
    if (Buffer.byteLength(args) <= maxArgumentBytes) {
      this.#events.send('call', this.job.id, String(call), name, args)
      return
    }
    // Said here, for the node takes a frame beyond its limit as a reason to kill the host.
    const message = `The arguments of ${name} are larger than 10 MB.`
    this.settle(call, false, JSON.stringify({ code: 'arguments_too_large', message, retryable: false }))
  }

  #heardDone(verdict: Verdict, payload: string): void {
    const tooLarge = verdict === 'completed' && Buffer.byteLength(payload) > this.job.limits.outputBytes
    this.#end(tooLarge ? 'output_limit' : verdict, tooLarge ? '' : payload)
  }

  #setAlarm(wait: number): void {
    clearTimeout(this.#alarm)
    this.#alarm = setTimeout(() => {
      if (!this.#ended && this.#realm) this.#enter(this.#realm.wake(Number(this.job.id)))
    }, wait)
  }

  settle(call: number, ok: boolean, text: string): void {
    if (this.#ended || this.#realm === undefined) return
    this.#enter(this.#realm.settle(Number(this.job.id), call, ok, text))
  }

  /** Ends the isolate, and with it whatever the script is doing. */
  stop(verdict: Verdict): void {
    if (this.#ended) return
    this.#cpuMs = this.#cpuNow()
    this.isolate.dispose()
    this.#end(verdict, '')
  }

  /** Called every few milliseconds: what a script can use up without saying a word. */
  watch(): void {
    if (this.#ended || this.#startedAt === 0) return
    this.#cpuMs = this.#cpuNow()
    if (this.isolate.isDisposed) this.stop('memory_limit')
    else if (this.#cpuMs > this.job.limits.cpuMs) this.stop('cpu_limit')
    else if (!this.#measuring && performance.now() - this.#measuredAt > 20) void this.#measure()
  }

  async #measure(): Promise<void> {
    this.#measuring = true
    try {
      this.#peak = Math.max(this.#peak, await this.isolate.measure())
      this.#measuredAt = performance.now()
    } catch {
      // Disposed meanwhile; watch() sees that.
    }
    this.#measuring = false
  }

  #cpuNow(): number {
    return Math.max(this.#cpuMs, this.isolate.cpuMs() - this.#cpuAtStart)
  }

  figures(): [string, number, number, number] {
    const age = this.#measuredAt === 0 ? 0 : performance.now() - this.#measuredAt
    return [this.job.id, this.#peak, Math.round(this.#cpuMs), Math.round(age)]
  }

  #end(verdict: Verdict, payload: string): void {
    this.#ended = true
    clearTimeout(this.#wallTimer)
    clearTimeout(this.#alarm)
    const durationMs = this.#startedAt === 0 ? 0 : performance.now() - this.#startedAt
    this.#comeToRest((atRest) => {
      this.#cpuMs = this.#cpuNow()
      if (atRest) this.#peak = Math.max(this.#peak, this.isolate.measureAtRest(durationMs))
      const metrics: HostMetrics = { durationMs, cpuMs: this.#cpuMs, peakHeapBytes: this.#peak }
      const state = this.#entries > 0 ? 'wedged' : 'clean'
      this.#events.send('done', this.job.id, verdict, payload, JSON.stringify(metrics), state)
      this.#realm?.listen(undefined)
      if (!atRest) this.isolate.dispose()
      this.#events.over(this, atRest)
    })
  }

  /** Waits until the isolate's thread has let go of it; says whether it can run something else. */
  #comeToRest(then: (atRest: boolean) => void): void {
    let rests = 0
    const settled = (atRest: boolean) => {
      this.#onLeft = () => undefined
      clearTimeout(late)
      then(atRest)
    }
    const late = setTimeout(() => settled(false), restMs)
    this.#onLeft = () => {
      if (this.#entries > 0) return
      if (this.isolate.isDisposed || this.#realm === undefined) settled(false)
      else if (this.#clean) settled(true)
      else if (rests < maxRests) {
        rests += 1
        this.#enter(this.#realm.rest())
      } else settled(false)
    }
    this.#onLeft()
  }
}
