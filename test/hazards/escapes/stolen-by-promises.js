// hazard: replaces `then`, `constructor` and the species of promises, to settle promises that are not its own
// expect: completed
// output: "contained"
// calls: 2
export default async () => {
  const stolen = []
  const { then } = Promise.prototype
  try {
    Promise.prototype.then = function (...given) {
      stolen.push(given)
      return Reflect.apply(then, this, given)
    }
    Object.defineProperty(Promise, Symbol.species, { configurable: true, get: () => undefined })
    Promise.resolve = () => new Promise(() => {})
    Promise.prototype.catch = Promise.prototype.finally = () => 1
  } catch {}
  const answers = [sdk.cache.get('a'), sdk.cache.get('b')]
  queueMicrotask(() => 1)
  for (const answer of answers) await answer
  const functions = stolen
    .flat()
    .filter((given) => typeof given === 'function' && !(given instanceof Function))
  return functions.length === 0 ? 'contained' : 'stolen'
}
