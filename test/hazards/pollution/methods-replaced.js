// hazard: replaces methods that everybody uses by ones that say what they were given
// expect: completed
// output: [[1,2],"b",true,[1,4]]
export default () => {
  const found = [[2, 1].sort(), 'abc'.at(1), Array.isArray([]), [1, 2].map((n) => n * n)]
  for (const owner of [
    Array.prototype,
    String.prototype,
    Array,
    Promise.prototype,
    Map.prototype,
    Number.prototype,
  ]) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      if (name === 'constructor' || name === 'prototype') continue
      try {
        const had = Object.getOwnPropertyDescriptor(owner, name)
        owner[name] = () => 'pwned'
        Object.defineProperty(owner, name, had)
        Object.defineProperty(owner, name, { value: () => 'pwned' })
        Object.defineProperty(owner, name, had)
      } catch {}
    }
  }
  return found
}
