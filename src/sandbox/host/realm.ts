import ivm from 'isolated-vm'

/** What a realm says to the host: verbs of the guest's `send`. */
export type RealmListener = (verb: string, a: string | number, b: string, c: string, d: string) => void

/**
 * One execution's world within an isolate. This file alone decides how fresh that world is: a new context
 * each time (0.6 to 0.8 ms), made ahead while the isolate is idle. A frozen realm that evaluates the body
 * anew would take its place here and nowhere else.
 */
export interface Realm {
  /** Resolves when the isolate comes to rest; the script may still wait for calls and timers. */
  start(body: ivm.Script, input: string, context: string, limits: string): Promise<void>
  settle(call: number, ok: boolean, text: string): Promise<void>
  wake(): Promise<void>
  listen(listener: RealmListener): void
  /** Must be called: contexts that are not released end a reused isolate after some 800 runs. */
  release(): void
}

/** @param guest the compiled guest, which is compiled once for each isolate */
export async function createRealm(isolate: ivm.Isolate, guest: ivm.Script): Promise<Realm> {
  let listener: RealmListener | undefined
  const context = await isolate.createContext()
  // `ignored`: the isolate's thread goes on without waiting, and nothing of the host can be thrown into it.
  const send = new ivm.Callback(
    (verb: string, a: string | number, b: string, c: string, d: string) => listener?.(verb, a, b, c, d),
    { ignored: true },
  )
  const connect: ivm.Reference = await guest.run(context, { reference: true })
  const enter: ivm.Reference = await connect.apply(undefined, [send], { result: { reference: true } })
  connect.release()

  return {
    async start(body, input, contextText, limits) {
      // Both are queued for the isolate's thread at once; it runs them in this order.
      const defined = body.run(context)
      const started = enter.apply(undefined, ['start', input, contextText, limits])
      await Promise.all([defined, started])
    },
    settle: (call, ok, text) => enter.apply(undefined, ['settle', call, ok, text]).then(() => undefined),
    wake: () => enter.apply(undefined, ['wake']).then(() => undefined),
    listen(next) {
      listener = next
    },
    release() {
      listener = undefined
      enter.release()
      context.release()
    },
  }
}
