import ivm from 'isolated-vm'

import { moduleText } from '../guest/modules.ts'

/** What a realm says to the host: verbs of the guest's `send`. */
export type RealmListener = (verb: string, a: string | number, b: string, c: string, d: string) => void

export interface RealmRun {
  /** Of its host's runs; what is meant for another run is not heard. */
  number: number
  key: string
  input: string
  context: string
  limits: string
  seed: string
  /** 0 for the machine's own clock. */
  startedAt: number
  /** 64 hexadecimal digits that nobody can foresee; where a run is repeated, made of its seed. */
  entropy: string
}

/**
 * A world within an isolate, in which executions run: one only, where the world is an ordinary context; any
 * number, where the guest has frozen it, one after the other or, where the tenant allows it, at once. The functions resolve when the isolate
 * has come to rest, the script may still wait for calls and timers; they reject when a promise of the
 * script was rejected and nobody handled it.
 */
export interface Realm {
  define(key: string, body: ivm.Script): Promise<unknown>
  forget(key: string): void
  start(run: RealmRun): Promise<unknown>
  settle(run: number, call: number, ok: boolean, text: string): Promise<unknown>
  wake(run: number): Promise<unknown>
  /** Ends a run unasked; nothing of it is heard any more. */
  end(run: number): Promise<unknown>
  rest(): Promise<unknown>
  listen(run: number, listener: RealmListener | undefined): void
  /** Sets off the signal that the script has asked for. */
  cancel(run: number): Promise<unknown>
  /** Must be called: contexts that are not released end a reused isolate after some 800 runs. */
  release(): void
}

/** @param guest the compiled guest, which is compiled once for each isolate */
export async function createRealm(isolate: ivm.Isolate, guest: ivm.Script): Promise<Realm> {
  const listeners = new Map<number, RealmListener>()
  const context = await isolate.createContext()
  // `ignored`: the isolate's thread goes on without waiting, and nothing of the host can be thrown into it.
  const send = new ivm.Callback(
    (verb: string, a: string | number, b: string, c: string, d: string, run: number) =>
      listeners.get(run)?.(verb, a, b, c, d),
    { ignored: true },
  )
  // The isolate's thread waits for this one: texts stay here until one of them is needed.
  const textOf = new ivm.Callback((name: string) => moduleText(name))
  const connect: ivm.Reference = await guest.run(context, { reference: true })
  const enter: ivm.Reference = await connect.apply(undefined, [send, textOf], { result: { reference: true } })
  connect.release()

  return {
    define(key, body) {
      // Both are queued for the isolate's thread at once; it runs them in this order.
      return Promise.all([enter.apply(undefined, ['expect', 0, key]), body.run(context)])
    },
    forget: (key) => enter.applyIgnored(undefined, ['forget', 0, key]),
    start: ({ number, key, input, context, limits, seed, startedAt, entropy }) =>
      enter.apply(undefined, ['start', number, key, input, context, limits, seed, startedAt, entropy]),
    settle: (run, call, ok, text) =>
      enter.apply(undefined, ['settle', run, ok ? 'ok' : 'error', text, '', '', '', call]),
    wake: (run) => enter.apply(undefined, ['wake', run]),
    end: (run) => enter.apply(undefined, ['end', run]),
    rest: () => enter.apply(undefined, ['rest']),
    cancel: (run) => enter.apply(undefined, ['cancel', run]),
    listen(run, listener) {
      if (listener) listeners.set(run, listener)
      else listeners.delete(run)
    },
    release() {
      listeners.clear()
      enter.release()
      context.release()
    },
  }
}
