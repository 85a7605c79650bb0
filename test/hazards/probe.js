// Runs in the sandbox after a hazard, behind the text of ../sandbox/realm/reachable.js: tells what there is
// to be found, so that it can be compared with what a tenant finds who has never run anything.
let evaluations = 0
evaluations += 1

/** Written so that it is not found in the probe itself. */
const marker = ['pw', 'ned'].join('')
const tagged = (strings) => [Object.isFrozen(strings), Reflect.ownKeys(strings).length]

const attempt = async (action) => {
  try {
    return await action()
  } catch (error) {
    return String(error)
  }
}

/** State that no property shows, and what everyday code leans on. */
const behaviours = {
  module: () => evaluations,
  names: () => Reflect.ownKeys(globalThis).map(String).sort(),
  planted: () => [typeof globalThis[marker], typeof {}[marker], typeof (() => 1)[marker], typeof 'a'[marker]],
  statics: () => [RegExp.$1, RegExp.lastMatch, RegExp.input].map((value) => typeof value || value),
  template: () => tagged`a ${1} b`,
  symbols: () => [Symbol.keyFor(Symbol.for('a')), Symbol.for('a') === Symbol.for('a')],
  errors: () => [Error.stackTraceLimit, new Error('a').stack.split('\n')[0], new TypeError('b').name],
  random: () => Math.random() === Math.random(),
  clock: () => [new Date().getUTCFullYear() > 2020, Math.abs(Date.now() - new Date()) < 5000],
  locale: () => {
    const { locale, timeZone } = new Intl.DateTimeFormat().resolvedOptions()
    return [locale, timeZone, new Intl.NumberFormat().format(1234.5), [3, 20, 100].toLocaleString()]
  },
  json: () => JSON.parse(JSON.stringify({ a: [1, { b: 'c' }], __proto__: null })),
  pollution: () => Object.keys(Object.getPrototypeOf(JSON.parse('{"a":{"__proto__":{"b":1}}}'))),
  arrays: () => [...[3, 1, 2].sort(), ...'ab', ...new Map([[1, 2]]).keys(), ...[1, 2].map((n) => n * 2)],
  keys: () => {
    const found = []
    for (const key in { own: 1 }) found.push(key)
    return found
  },
  text: () => ['a-b'.split('-'), 'abc'.replace(/b/, 'x'), 'aa'.match(/a/g), `${{}}`, String([1, [2]])],
  classes: () => [new (class extends Array {})(2).length, new (class extends Map {})([[1, 2]]).get(1)],
  functions: () => [Math.max.apply(null, [1, 2]), Function.prototype.toString.call(Math.max)],
  promises: async () => [await Promise.all([1, Promise.resolve(2)]), await { then: (resolve) => resolve(3) }],
  generators: async () => {
    const found = []
    for await (const value of (async function* () {
      yield* [1, 2]
    })())
      found.push(value)
    return found
  },
  timers: () => new Promise((resolve) => setTimeout(resolve, 10, 'rang')),
  calls: () => sdk.cache.get('probe').then(() => 'answered'),
}

/** FNV-1a: the whole is some hundred thousand characters, which need not leave the isolate each time. */
function digest(lines) {
  let hash = 0x811c9dc5
  for (const line of lines) {
    for (let index = 0; index < line.length; index += 1)
      hash = Math.imul(hash ^ line.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}

export default async (input) => {
  const seen = {}
  for (const [name, behaviour] of Object.entries(behaviours)) seen[name] = await attempt(behaviour)
  const lines = describeAll()
  const found = lines.filter((line) => line.includes(marker))
  return { seen, found, digest: digest(lines), lines: input.whole ? lines : [] }
}
