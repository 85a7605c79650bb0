// hazard: constructors that built-in methods are to use for what they return
// expect: completed
// output: "contained"
export default async () => {
  const made = []
  function Evil(...given) {
    made.push(given)
    return new Proxy([], { defineProperty: () => true, set: () => true })
  }
  const list = [1, 2, 3]
  Object.defineProperty(list, 'constructor', { value: { [Symbol.species]: Evil } })
  list.map((value) => value)
  const pattern = /a/g
  Object.defineProperty(pattern, 'constructor', { value: { [Symbol.species]: Evil } })
  try {
    'banana'.split(pattern)
  } catch {}
  await sdk.cache.set('key', list)
  console.log(list)
  sdk.log.info('list', list)
  return made.flat().every((value) => typeof value !== 'function' || value instanceof Function)
    ? 'contained'
    : made
}
