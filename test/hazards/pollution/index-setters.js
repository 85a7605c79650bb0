// hazard: accessors for the first places of every array
// expect: completed
// output: [[1,2],"[3]"]
export default () => {
  const list = []
  list[0] = 1
  list[1] = 2
  const found = [list, JSON.stringify([3])]
  for (const key of ['5', '6', 'pwned', Symbol.isConcatSpreadable]) {
    for (const owner of [Array.prototype, Object.prototype]) {
      try {
        Object.defineProperty(owner, key, { get: () => 'pwned', set() {}, configurable: true })
      } catch {}
    }
  }
  return found
}
