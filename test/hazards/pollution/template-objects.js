// hazard: keeps something in the array of a tagged template, which belongs to the place in the code
// expect: completed
// output: [0,true,"undefined"]
const counts = new WeakMap()
const tag = (strings) => strings
export default () => {
  const strings = tag`the same place`
  const found = [counts.get(strings) ?? 0, Object.isFrozen(strings), typeof strings.raw.pwned]
  counts.set(strings, 'pwned')
  for (const object of [strings, strings.raw]) {
    try {
      object.pwned = 'pwned'
    } catch {}
  }
  return found
}
