// hazard: replaces the iterators and methods of arrays, maps and texts, to get hold of what the library handles
// isolation: realm
// expect: completed
// output: "contained"
export default async () => {
  let stolen = 0
  const spies = []
  const spyOn = (owner, name) => {
    const original = owner[name]
    const spy = function (...given) {
      stolen += 1
      return Reflect.apply(original, this, given)
    }
    spies[spies.length] = { owner, name, original, spy }
  }
  spyOn(Object.getPrototypeOf([].values()), 'next')
  spyOn(Object.getPrototypeOf(new Map().values()), 'next')
  for (const name of ['get', 'set', 'delete', 'forEach', 'has']) spyOn(Map.prototype, name)
  for (const name of ['get', 'set', 'has']) spyOn(WeakMap.prototype, name)
  for (const name of ['push', 'slice', 'map', 'join', 'forEach']) spyOn(Array.prototype, name)
  for (const name of ['slice', 'indexOf', 'toString']) spyOn(String.prototype, name)
  for (const name of ['defineProperty', 'freeze', 'keys']) spyOn(Object, name)
  for (const name of ['stringify', 'parse']) spyOn(JSON, name)
  for (let index = 0; index < spies.length; index += 1) {
    try {
      spies[index].owner[spies[index].name] = spies[index].spy
    } catch {}
  }
  stolen = 0
  const error = new Error('x')
  console.log('a', [1], error)
  sdk.log.warn('b', { c: 1 })
  const answer = sdk.cache.set('key', [1, 2])
  const timer = setTimeout(() => 1, 50)
  clearTimeout(timer)
  Symbol.keyFor(Symbol.for('d'))
  new Date()
  Math.random()
  new sdk.RetryAfterError(3, 'e')
  await answer
  const seen = stolen
  for (let index = 0; index < spies.length; index += 1) {
    try {
      spies[index].owner[spies[index].name] = spies[index].original
    } catch {}
  }
  return seen === 0 ? 'contained' : seen
}
