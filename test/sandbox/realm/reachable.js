// Runs in the sandbox: walks everything that a script can reach, in an order that does not change.
const roots = () => ({
  builtIn: Object.fromEntries(
    Object.getOwnPropertyNames(Object.getPrototypeOf(globalThis)).map((name) => [name, globalThis[name]]),
  ),
  globalThis,
  names: { console, sdk, setTimeout, setInterval, clearTimeout, clearInterval, queueMicrotask },
  pgscript: $import('pgscript'),
  syntax: [
    () => 1,
    async () => 1,
    () => {},
    function* () {},
    (function* () {})(),
    async function* () {},
    (async function* () {})(),
    class {},
    class extends Array {},
    /a/,
    [],
    {},
    (function () {
      // biome-ignore lint/complexity/noArguments: the arguments object is what is looked at.
      return arguments
    })(),
    (() => 1).bind(null),
    new Proxy({}, {}),
    ((strings) => strings)`tagged`,
  ],
  web: {
    subtle: crypto.subtle,
    sizes: [
      new CountQueuingStrategy({ highWaterMark: 1 }).size,
      new ByteLengthQueuingStrategy({ highWaterMark: 1 }).size,
    ],
    ...instances(),
  },
  made: [
    new Map().entries(),
    new Set().values(),
    ''[Symbol.iterator](),
    'a'.matchAll(/a/g),
    [].values().map((x) => x),
    Iterator.from({ next() {} }),
    new Intl.Segmenter().segment('a'),
    new Intl.Segmenter().segment('a')[Symbol.iterator](),
    new Intl.DateTimeFormat().format,
    new Intl.NumberFormat().format,
    new Error('x'),
    new AggregateError([]),
    Promise.withResolvers(),
    Proxy.revocable({}, {}),
    new DisposableStack(),
    Object('a'),
    Object(1),
    Object(1n),
    Object(Symbol.iterator),
    /(?<a>b)/d.exec('b'),
    /x/[Symbol.matchAll]('x'),
    new Uint8Array(1),
    new DataView(new ArrayBuffer(1)),
    Temporal.Now.instant(),
    new Intl.Locale('en'),
    caught(() => null.x),
    caught(() => $import('x')),
    caught(() => (1).constructor.constructor('1')),
    captured(),
  ],
})

// Of the web's classes.
const instances = () => [
  new URL('https://a/?b=c'),
  new URLSearchParams('a=b').entries(),
  new Headers({ a: 'b' }),
  new Headers({ a: 'b' }).entries(),
  new FormData().entries(),
  new Blob(['a']),
  new File(['a'], 'b'),
  new Request('https://a/', { method: 'POST', body: 'a' }),
  new Response('a'),
  new Response('a').body,
  new Response('a').body.getReader(),
  new Response('a').body.getReader({ mode: 'byob' }),
  new Response('a').body.values(),
  new ReadableStream({}),
  new WritableStream({}),
  new WritableStream({}).getWriter(),
  new TransformStream({}),
  new TransformStream({}).readable,
  new TransformStream({}).writable,
  new CountQueuingStrategy({ highWaterMark: 1 }),
  new TextEncoder(),
  new TextDecoder(),
  new Event('a'),
  new CustomEvent('a'),
  new EventTarget(),
  new AbortController(),
  new AbortController().signal,
  new DOMException('a'),
  caught(() => atob('%')),
  structuredClone({ a: [new Date(0)] }),
]

function caught(action) {
  try {
    action()
  } catch (error) {
    return error
  }
}

function captured() {
  const object = {}
  Error.captureStackTrace(object)
  return object
}

/** What an accessor gives is reached as well. */
function given(object, key) {
  try {
    const value = object[key]
    // A getter that is asked of a prototype rejects; nothing of that shall be logged.
    if (value instanceof Promise) value.catch(() => undefined)
    return value
  } catch {}
}

const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function'

/** Calls `visit(path, object)` for each object once. */
function walk(visit) {
  const seen = new Set()
  const waiting = [['', roots()]]
  const meet = (path, value) => {
    if (!isObject(value) || seen.has(value)) return
    seen.add(value)
    waiting.push([path, value])
  }
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [path, object] = next
    meet(`${path}.__proto__`, Object.getPrototypeOf(object))
    for (const key of Reflect.ownKeys(object)) {
      const property = Reflect.getOwnPropertyDescriptor(object, key)
      const name = `${path}.${String(key)}`
      meet(name, property.value)
      meet(`get ${name}`, property.get)
      meet(`set ${name}`, property.set)
      if (property.get) meet(name, given(object, key))
    }
    visit(path, object)
  }
}

/** Tries every way to change every object, after it has been walked through. */
function spoil() {
  const objects = []
  walk((_path, object) => objects.push(object))
  const attempt = (action) => {
    try {
      action()
    } catch {}
  }
  // The last ones first: what was reached through others goes before them.
  for (const object of objects.reverse()) {
    attempt(() => Reflect.defineProperty(object, 'left', { value: 'left', configurable: true }))
    for (const key of Reflect.ownKeys(object)) {
      attempt(() => {
        object[key] = 'left'
      })
      attempt(() => Reflect.set(object, key, 'left', object))
      attempt(() => Reflect.defineProperty(object, key, { value: 'left' }))
      attempt(() => Reflect.defineProperty(object, key, { get: () => 'left' }))
      attempt(() => Reflect.deleteProperty(object, key))
    }
    attempt(() => Reflect.setPrototypeOf(object, { left: 'left' }))
  }
  return objects.length
}

const shown = (value) =>
  isObject(value)
    ? typeof value
    : typeof value === 'symbol'
      ? String(value)
      : (JSON.stringify(value) ?? typeof value)

/** All of it as text, but for what is new each time: positions in stacks, moments, numbers. */
function describeAll() {
  const lines = []
  walk((path, object) => {
    const own = Reflect.ownKeys(object).map((key) => {
      const { value, get, set, ...flags } = Reflect.getOwnPropertyDescriptor(object, key)
      const marks = `${+flags.enumerable}${+flags.configurable}${flags.writable === undefined ? '-' : +flags.writable}`
      return `${String(key)}:${marks}:${get || set ? 'accessor' : shown(value)}`
    })
    lines.push(`${path} ${Object.isExtensible(object) ? 'open' : 'closed'} ${own.join(' ')}`)
  })
  return lines
}

/** The paths of all that is not frozen, but for Error, of which one property is set back before each run. */
function unfrozen() {
  const paths = []
  walk((path, object) => {
    if (!Object.isFrozen(object) && object !== Error) paths.push(path)
  })
  return paths
}

// What the tests call.
void [spoil, describeAll, unfrozen]
