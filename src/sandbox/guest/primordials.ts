/**
 * Files of this folder run inside an isolate, beside the author's code. Each exports one function that is
 * sent there as text, so it may use nothing but its arguments, its own body and ECMAScript's globals.
 * Whatever is needed once author code has run is taken from here: prototypes may be poisoned by then.
 */
export type Primordials = ReturnType<typeof capturePrimordials>

export function capturePrimordials() {
  const { call } = Function.prototype
  // `bind` is looked up now; a call of the bound function looks nothing up.
  const uncurry = <This, Args extends unknown[], Result>(
    method: (this: This, ...args: Args) => Result,
  ): ((self: This, ...args: Args) => Result) => call.bind(method) as never

  return {
    uncurry,
    // biome-ignore lint/security/noGlobalEval: for our own modules. Called by another name it evaluates in the global scope; kept before it is taken away.
    evaluate: globalThis.eval,
    Date,
    Error,
    Promise,
    RangeError,
    TypeError,
    Uint8Array,
    arrayIsArray: Array.isArray,
    create: Object.create,
    defineProperty: Object.defineProperty,
    freeze: Object.freeze,
    getOwnPropertyDescriptor: Object.getOwnPropertyDescriptor,
    getPrototypeOf: Object.getPrototypeOf,
    isExtensible: Object.isExtensible,
    keys: Object.keys,
    ownKeys: Reflect.ownKeys,
    construct: Reflect.construct,
    apply: Reflect.apply,
    now: Date.now,
    parseDate: Date.parse,
    isNaN: Number.isNaN,
    floor: Math.floor,
    max: Math.max,
    min: Math.min,
    parse: JSON.parse,
    parseFloat: Number.parseFloat,
    parseInt: Number.parseInt,
    stringify: JSON.stringify,
    toText: String,
    indexOf: uncurry(String.prototype.indexOf),
    slice: uncurry(String.prototype.slice),
    whenDone: uncurry(Promise.prototype.then),
    // Collections of our own are made and used through these only.
    newMap: <K, V>() => new Map<K, V>(),
    mapGet: uncurry(Map.prototype.get),
    mapSet: uncurry(Map.prototype.set),
    mapHas: uncurry(Map.prototype.has),
    mapDelete: uncurry(Map.prototype.delete),
    mapClear: uncurry(Map.prototype.clear),
    mapForEach: uncurry(Map.prototype.forEach),
    weakMapGet: uncurry(WeakMap.prototype.get),
    weakMapSet: uncurry(WeakMap.prototype.set),
  }
}
