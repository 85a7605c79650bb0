// hazard: plants a property on everything that it can reach, and replaces what is there
// expect: completed
// output: true
export default () => {
  const { ownKeys, getPrototypeOf, getOwnPropertyDescriptor } = Reflect
  const names = [
    'Object',
    'Function',
    'Array',
    'String',
    'Number',
    'Boolean',
    'Symbol',
    'BigInt',
    'Date',
    'RegExp',
    'Error',
    'Map',
    'Set',
    'WeakMap',
    'WeakSet',
    'Promise',
    'Proxy',
    'Reflect',
    'JSON',
    'Math',
    'Intl',
    'Temporal',
    'Iterator',
    'ArrayBuffer',
    'DataView',
    'Uint8Array',
    'Float64Array',
    'AggregateError',
    'DisposableStack',
    'eval',
    'isNaN',
  ]
  const waiting = [console, sdk, setTimeout, ...names.map((name) => globalThis[name])]
  const seen = new Set()
  while (waiting.length > 0) {
    const object = waiting.pop()
    if ((typeof object !== 'object' && typeof object !== 'function') || object === null || seen.has(object))
      continue
    seen.add(object)
    waiting.push(getPrototypeOf(object))
    for (const key of ownKeys(object)) {
      const { value, get, set } = getOwnPropertyDescriptor(object, key)
      waiting.push(value, get, set)
    }
  }
  const all = [...seen].reverse()
  for (let index = 0; index < all.length; index += 1) {
    try {
      all[index].pwned = 'pwned'
    } catch {}
    try {
      Object.defineProperty(all[index], 'pwned', { value: 'pwned', configurable: true })
    } catch {}
  }
  return all.length > 500
}
