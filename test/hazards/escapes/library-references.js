// hazard: looks through all that it can reach for objects of the library that runs it
// expect: completed
// output: ["DisposableStack"]
export default async () => {
  const methods = [
    'applySync',
    'applyIgnored',
    'derefInto',
    'copyInto',
    'createContext',
    'compileScript',
    'setSync',
    'dispose',
  ]
  const seen = new Set()
  const waiting = [
    globalThis,
    sdk,
    console,
    setTimeout,
    queueMicrotask,
    await sdk.cache.get('key'),
    sdk.cache.get('key'),
  ]
  const found = new Set()
  const read = (object, key) => {
    try {
      return object[key]
    } catch {}
  }
  while (waiting.length > 0) {
    const object = waiting.pop()
    if ((typeof object !== 'object' && typeof object !== 'function') || object === null || seen.has(object))
      continue
    seen.add(object)
    waiting.push(Object.getPrototypeOf(object))
    for (const key of Reflect.ownKeys(object)) {
      const { value, get, set } = Reflect.getOwnPropertyDescriptor(object, key)
      if (methods.includes(key) && object !== Symbol) found.add(object.constructor.name)
      waiting.push(value, get, set, read(object, key))
    }
  }
  return [...found]
}
