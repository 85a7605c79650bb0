// hazard: accessors for the first places of every array
// expect: completed
// output: [[1,2],"[3]"]
export default () => {
  const empty = []
  empty[0] = 1
  empty[1] = 2
  const found = [empty, JSON.stringify([3])]
  for (const key of [0, 1, 'length', Symbol.iterator, Symbol.isConcatSpreadable, Symbol.species]) {
    for (const owner of [Array.prototype, Object.prototype]) {
      try {
        Object.defineProperty(owner, key, { get: () => 'pwned', set() {}, configurable: true })
        delete owner[key]
      } catch {}
    }
  }
  try {
    Object.defineProperty(Array.prototype, 'left', { get: () => 'pwned' })
  } catch {}
  return found
}
