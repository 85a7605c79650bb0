import type { Primordials } from './primordials.ts'

export type Follow = typeof followReferences

/**
 * Adds to `found` all that is reached from `from`, and what the samples lead to but not the samples: those
 * are new each time.
 */
export function followReferences(
  p: Primordials,
  { from, samples, found }: { from: object[]; samples: object[]; found: Set<object> },
): void {
  const waiting: object[] = []

  function meet(value: unknown): void {
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return
    if (found.has(value)) return
    found.add(value)
    waiting.push(value)
  }

  function follow(object: object): void {
    meet(p.getPrototypeOf(object))
    for (const key of p.ownKeys(object)) {
      const property = p.getOwnPropertyDescriptor(object, key)
      meet(property?.value)
      meet(property?.get)
      meet(property?.set)
    }
  }

  for (const object of from) meet(object)
  for (const sample of samples) follow(sample)
  for (let object = waiting.pop(); object; object = waiting.pop()) follow(object)
}

/**
 * Every object that two executions of one realm could both reach: what the global object leads to, and
 * what only syntax, or a value made by another, does. Followed through properties, accessors and
 * prototypes, so that an object added by a newer V8 below a known one is found as well.
 *
 * @param roots objects of our own that executions share
 */
export function collectIntrinsics(p: Primordials, roots: object[], follow: Follow): object[] {
  const found = new Set<object>()

  /** V8 hands these to `Error.prepareStackTrace` only, which scripts cannot set; they are frozen even so. */
  function callSite(): unknown {
    const errors = p.Error as unknown as { prepareStackTrace?: unknown }
    errors.prepareStackTrace = (_error: Error, sites: unknown[]) => sites[0]
    const { stack } = new p.Error() as { stack?: unknown }
    delete errors.prepareStackTrace
    return stack
  }

  function* generate(): Generator<undefined> {}
  async function* generateLater(): AsyncGenerator<undefined> {}
  const iterator = [][Symbol.iterator]()
  const segments = new Intl.Segmenter().segment('a')
  const traced = {}
  p.Error.captureStackTrace(traced)
  // Made to be followed and thrown away: what they own themselves is new each time.
  const samples: unknown[] = [
    () => undefined,
    async () => undefined,
    generate,
    generate(),
    generateLater,
    generateLater(),
    iterator,
    ''[Symbol.iterator](),
    'a'.matchAll(/a/g),
    new Map().entries(),
    new Set().values(),
    iterator.map((value) => value),
    Iterator.from({ next: () => ({ done: true, value: 0 }) }),
    segments,
    segments[Symbol.iterator](),
    new p.Error(),
    traced,
    callSite(),
    (function (this: unknown) {
      // biome-ignore lint/complexity/noArguments: it is the arguments object that is looked at.
      return arguments
    })(),
  ]

  follow(p, { from: [globalThis, ...roots], samples: samples as object[], found })
  return [...found]
}
