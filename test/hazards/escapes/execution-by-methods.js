// hazard: replaces every method of the built-in objects, uses all of the API, and looks for the engine's own objects
//    among what the methods are given: with the execution's own it could call the node past its limits
// expect: completed
// output: []
const { apply, ownKeys, getOwnPropertyDescriptor: propertyOf } = Reflect
const { defineProperty } = Object
const { add, forEach } = Set.prototype
const given = new Set()
let listening = false

function see(value) {
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') apply(add, given, [value])
}

function replace(owner, key) {
  const property = propertyOf(owner, key)
  const method = property?.value
  if (key === 'constructor' || typeof method !== 'function') return
  const value = function (...args) {
    if (listening) {
      listening = false
      see(this)
      for (let index = 0; index < args.length; index += 1) see(args[index])
      listening = true
    }
    return apply(method, this, args)
  }
  try {
    defineProperty(owner, key, { ...property, value })
  } catch {}
}

const later = async function* () {
  yield 1
}
const uses = [
  () => new URL('http://a:b@exämple.com/?c#d').searchParams.append('e', 'f'),
  () => new Response(new Blob(['a'])).formData(),
  () => new Request('http://a', { method: 'POST', body: new FormData() }).text(),
  () =>
    new Response(new ReadableStream({ start: (c) => c.close() }).pipeThrough(new TextEncoderStream())).text(),
  () => new TextDecoder().decode(new TextEncoder().encode('é')),
  () => crypto.subtle.digest('SHA-256', new Uint8Array(3)),
  () => crypto.randomUUID(),
  () => structuredClone(new Map([[1, { a: [2] }]])),
  () => AbortSignal.any([AbortSignal.timeout(5), new AbortController().signal]),
  () => new EventTarget().dispatchEvent(new Event('a')),
  () => performance.now(),
  () => sdk.db.transaction((tx) => tx.query('select $1', [1])),
  () => sdk.db.from('a').select('b').where({ c: 1 }),
  () => sdk.http.post('http://a', { b: 1 }),
  () => sdk.crypto.hash('sha256', 'a'),
  () => sdk.utils.csv.parse('a,b'),
  () => sdk.services.a.b(1),
  () => sdk.collections.get('a').find({}),
  () => sdk.context.signal,
  () => Array.fromAsync(later()),
  () => console.log('%s', new sdk.HttpError(400)),
  () => setTimeout(() => 1, 1),
  () => new Intl.DateTimeFormat().format(Temporal.Now.instant().epochMilliseconds),
]

export default async () => {
  const kinds = [
    Object,
    Function,
    Array,
    Map,
    Set,
    WeakMap,
    WeakSet,
    Promise,
    String,
    RegExp,
    Error,
    Date,
    Uint8Array,
  ]
  for (const kind of [...kinds, Object.getPrototypeOf(Uint8Array), Symbol, JSON, Number]) {
    for (const owner of [kind, kind.prototype ?? {}]) for (const key of ownKeys(owner)) replace(owner, key)
  }
  const found = []
  for (let index = 0; index < uses.length; index += 1) {
    listening = true
    try {
      await uses[index]()
    } catch {}
    listening = false
  }
  apply(forEach, given, [
    (object) => {
      for (const key of ['callState', 'logState', 'entropy', 'evaluate', 'textOf', 'load', 'weakMapGet'])
        if (propertyOf(object, key)) found[found.length] = key
    },
  ])
  return found
}
