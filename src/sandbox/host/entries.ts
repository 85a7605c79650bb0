import type { Realm } from './realm.ts'
import type { WarmIsolate } from './warm-isolate.ts'

/** How long an isolate may take to come to rest, once its script has ended or was stopped. */
const restMs = 100
/**
 * And how long until its thread has let go, once it was disposed: the thread of a loop has the lowest priority, and
 * on a busy machine it is not soon that it hears of it. One that has not counts as lost, and its host with it.
 */
const letGoMs = 300
/** Promises that nobody handled are read when all else is done, and reading may run the script once more. */
const maxRests = 3

/** A run's entries into its isolate, and how the run leaves it in the end. */
export class Entries {
  readonly #isolate: WarmIsolate
  readonly #run: object
  /** The entries that have not come back. */
  #open = 0
  /** Whether the last entry left nothing to run in the isolate. */
  #clean = true
  #onLeft: () => void
  readonly #onUnhandled: (thrown: unknown) => void

  /**
   * @param onLeft told when an entry has come back, until `comeToRest`
   * @param onUnhandled told what a promise was rejected with that nobody handled
   */
  constructor(
    isolate: WarmIsolate,
    run: object,
    { onLeft, onUnhandled }: { onLeft: () => void; onUnhandled: (thrown: unknown) => void },
  ) {
    this.#isolate = isolate
    this.#run = run
    this.#onLeft = onLeft
    this.#onUnhandled = onUnhandled
  }

  get open(): number {
    return this.#open
  }

  add(entry: Promise<unknown>): void {
    this.#open += 1
    this.#isolate.enter(this.#run)
    const left = (clean: boolean) => {
      this.#isolate.turns.leave(this.#run)
      this.#open -= 1
      this.#clean = clean
      this.#onLeft()
    }
    entry.then(
      () => left(true),
      // The library gave the isolate up at its memory limit, or nobody handled a promise of the script: then
      // the script itself goes on.
      (thrown) => {
        if (!this.#isolate.isDisposed) this.#onUnhandled(thrown)
        left(false)
      },
    )
  }

  /**
   * Waits until the isolate's thread has let go of it, by force after a while; says whether the isolate can
   * run something else. Where a neighbour has the thread there is nothing to force: that one is watched too.
   */
  comeToRest(realm: Realm | undefined, then: (atRest: boolean) => void): void {
    const isolate = this.#isolate
    let rests = 0
    const settled = (atRest: boolean) => {
      this.#onLeft = () => undefined
      clearTimeout(late)
      if (!atRest && isolate.users === 1) isolate.dispose()
      then(atRest)
    }
    let late = setTimeout(
      () => {
        if (isolate.isDisposed || (isolate.users > 1 && isolate.turns.holder !== this.#run)) settled(false)
        else {
          isolate.dispose()
          late = setTimeout(() => settled(false), letGoMs)
        }
      },
      isolate.isDisposed ? letGoMs : restMs,
    )
    this.#onLeft = () => {
      if (this.#open > 0) return
      if (isolate.isDisposed || realm === undefined) settled(false)
      else if (this.#clean) settled(true)
      else if (rests < maxRests) {
        rests += 1
        this.add(realm.rest())
      } else settled(false)
    }
    this.#onLeft()
  }
}
