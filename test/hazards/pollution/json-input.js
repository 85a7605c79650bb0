// hazard: an input that is meant to pollute Object.prototype when it is merged
// expect: completed
// output: "undefined"
// input: {"__proto__": {"pwned": "pwned"}, "constructor": {"prototype": {"pwned": "pwned"}}}
export default (input) => {
  const found = typeof {}.pwned
  const merge = (target, source) => {
    for (const key in source) {
      if (source[key] && typeof source[key] === 'object') {
        target[key] ??= {}
        merge(target[key], source[key])
      } else target[key] = source[key]
    }
    return target
  }
  try {
    merge({}, input)
  } catch {}
  try {
    Object.assign({}, input).__proto__.pwned = 'pwned'
  } catch {}
  try {
    const path = '__proto__.pwned'.split('.')
    const object = {}
    object[path[0]][path[1]] = 'pwned'
  } catch {}
  return found
}
