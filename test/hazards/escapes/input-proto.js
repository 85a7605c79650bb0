// hazard: an input whose names are those of prototypes, merged deeply as many programs do
// expect: completed
// output: [true,true,"undefined"]
// input: {"__proto__": {"pwned": 1}, "constructor": {"prototype": {"pwned": 2}}, "a": {"__proto__": {"pwned": 3}}}
const merge = (target, source) => {
  for (const key of Object.keys(source)) {
    if (typeof source[key] === 'object') merge((target[key] ??= {}), source[key])
    else target[key] = source[key]
  }
}
export default (input) => {
  const own = [Object.hasOwn(input, '__proto__'), Object.getPrototypeOf(input) === Object.prototype]
  try {
    merge({}, input)
  } catch {}
  const shown = typeof Object.create(null).pwned
  return [...own, shown]
}
