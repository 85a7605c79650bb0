import type { HostMetrics, Verdict } from '../protocol.ts'
import { Entries } from './entries.ts'
import { drawEntropy } from './entropy.ts'
import type { Warmth } from './isolate-pool.ts'
import type { Realm } from './realm.ts'
import { unhandledText } from './unhandled-text.ts'
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
  sendStarted(id: string, how: Warmth, clockAt: string): void
  /** The run is over; its isolate is disposed unless it came to rest or others are alive in it. */
  over(run: HostRun): void
  /** Nothing of the run has begun, for an earlier one has spoilt this isolate: it needs another. */
  elsewhere(run: HostRun): void
}

/** What a script that has asked for its signal gets to react to a cancellation; the node waits 700 ms at most. */
const noticeMs = 200
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
  #peak = 0
  #ended = false
  #wallTimer: NodeJS.Timeout | undefined
  #alarm: NodeJS.Timeout | undefined
  #hasSignal = false
  #cancelled = false
  #notice: NodeJS.Timeout | undefined
  readonly #entries: Entries

  constructor(job: HostRunJob, isolate: WarmIsolate, events: HostRunEvents) {
    this.job = job
    this.isolate = isolate
    this.#events = events
    isolate.users += 1
    this.#entries = new Entries(isolate, this, {
      onLeft: () => {
        if (!this.#ended && isolate.isDisposed) this.stop(isolate.lastVerdict)
      },
      // Not once it has ended: nothing of what is left of it may be heard any more.
      onUnhandled: (thrown) => {
        if (this.#ended) return
        const at = Math.round(performance.now() - this.#startedAt)
        this.#events.send('log', job.id, 'error', String(at), unhandledText(thrown), '')
      },
    })
  }

  async start(warmth: Warmth): Promise<void> {
    const { id, key, input, context, seed, startedAt, limits, limitsText } = this.job
    try {
      const realm = await this.isolate.take(key)
      this.#realm = realm
      if (this.#ended) return
      const number = Number(id)
      const entropy = startedAt === 0 ? drawEntropy() : seed.repeat(2)
      realm.listen(number, (verb, a, b, c, d) => this.#heard(verb, a, b, c, d))
      this.#startedAt = performance.now()
      this.#wallTimer = setTimeout(() => this.stop('timeout'), limits.wallMs)
      this.#events.sendStarted(id, warmth, String(startedAt || Date.now()))
      const begun = realm.start({
        number,
        key,
        input,
        context,
        limits: limitsText,
        seed,
        startedAt,
        entropy,
      })
      this.#entries.add(begun.then((possible) => possible === false && this.#leave()))
    } catch (error) {
      this.#failToStart(error)
    }
  }

  #leave(): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#wallTimer)
    this.#realm?.listen(Number(this.job.id), undefined)
    this.isolate.isSpoilt = true
    this.isolate.users -= 1
    this.#events.elsewhere(this)
  }

  /** A script that does not compile; the message is V8's, with no author object in it. */
  #failToStart(error: unknown): void {
    if (this.isolate.isDisposed) {
      this.stop(this.isolate.lastVerdict)
      return
    }
    const message = error instanceof Error ? error.message : ''
    const payload = { code: 'invalid_script', type: 'SyntaxError', message, frames: '', retryable: false }
    this.#end('error', JSON.stringify(payload))
  }

  #heard(verb: string, a: string | number, b: string, c: string, d: string): void {
    if (this.#ended) return
    const { id } = this.job
    if (verb === 'log') this.#events.send('log', id, b, String(a), c, d)
    else if (verb === 'call') this.#heardCall(Number(a), b, c)
    else if (verb === 'cut') this.#events.send('cut', id)
    else if (verb === 'alarm') this.#setAlarm(Number(a))
    else if (verb === 'signal') this.#hasSignal = true
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
      if (!this.#ended && this.#realm) this.#entries.add(this.#realm.wake(Number(this.job.id)))
    }, wait)
  }

  settle(call: number, ok: boolean, text: string): void {
    if (this.#ended || this.#realm === undefined) return
    this.#entries.add(this.#realm.settle(Number(this.job.id), call, ok, text))
  }

  /** Stops the run: at once, or with notice where the script listens for it. */
  cancel(): void {
    if (this.#cancelled || this.#ended) return
    if (!this.#hasSignal || this.#realm === undefined) {
      this.stop('cancelled')
      return
    }
    this.#cancelled = true
    this.#notice = setTimeout(() => this.stop('cancelled'), noticeMs)
    this.#entries.add(this.#realm.cancel(Number(this.job.id)))
  }

  /**
   * Ends the isolate, and with it whatever the script is doing. Where others are alive in it, only the run is
   * told to end; the isolate follows if the script does not let go of its thread.
   */
  stop(verdict: Verdict): void {
    if (this.#ended) return
    const { isolate } = this
    if (isolate.users === 1) isolate.dispose()
    else if (this.#realm && !isolate.isDisposed) this.#entries.add(this.#realm.end(Number(this.job.id)))
    this.#end(verdict, '')
  }

  /** Called every few milliseconds: what a script can use up without saying a word. */
  watch(now: number): void {
    if (this.#ended || this.#startedAt === 0) return
    const { isolate, job } = this
    if (isolate.isDisposed) this.stop(isolate.lastVerdict)
    else if (isolate.turns.spentBy(this) > job.limits.cpuMs) this.stop('cpu_limit')
    else if (isolate.isOverLimit) this.stop('memory_limit')
    else {
      isolate.watch(now)
      this.#peak = Math.max(this.#peak, isolate.bytes)
    }
  }

  figures(): [string, number, number, number] {
    const { turns, measuredAt } = this.isolate
    // A neighbour that keeps the thread is told by its own figures.
    const age = turns.holder === this && this.#startedAt > 0 ? performance.now() - measuredAt : 0
    return [this.job.id, this.#peak, Math.round(turns.spentBy(this)), Math.round(Math.max(0, age))]
  }

  #end(reached: Verdict, text: string): void {
    // However it ended after it had been told to stop: it was cancelled.
    let [verdict, payload] = this.#cancelled ? (['cancelled', ''] as const) : [reached, text]
    this.#ended = true
    clearTimeout(this.#notice)
    clearTimeout(this.#wallTimer)
    clearTimeout(this.#alarm)
    const durationMs = this.#startedAt === 0 ? 0 : performance.now() - this.#startedAt
    this.#entries.comeToRest(this.#realm, (atRest) => {
      const { isolate } = this
      const cpuMs = isolate.turns.spentBy(this)
      if (atRest) this.#peak = Math.max(this.#peak, isolate.measureAtRest(durationMs))
      if (atRest && isolate.isOverLimit && verdict === 'completed') {
        verdict = 'memory_limit'
        payload = ''
      }
      const metrics: HostMetrics = { durationMs, cpuMs, peakHeapBytes: this.#peak }
      // Disposed, and still it has not come back.
      const state = this.#entries.open > 0 && isolate.isDisposed ? 'wedged' : 'clean'
      this.#events.send('done', this.job.id, verdict, payload, JSON.stringify(metrics), state)
      this.#realm?.listen(Number(this.job.id), undefined)
      isolate.users -= 1
      this.#events.over(this)
    })
  }
}
