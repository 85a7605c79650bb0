// hazard: replaces call, apply and bind, to get hold of what the library calls with them
// expect: completed
// output: "contained"
export default async () => {
  const stolen = []
  const mine = new Set()
  const { call, apply, bind } = Function.prototype
  const steal = function (...given) {
    stolen.push(this, ...given)
    return Reflect.apply(call, this, given)
  }
  mine.add(steal)
  try {
    Function.prototype.call = Function.prototype.apply = Function.prototype.bind = steal
  } catch {}
  console.log('a', { b: 1 })
  const answer = sdk.cache.get('key')
  clearTimeout(setTimeout(() => 1, 1))
  new sdk.RetryAfterError(1)
  Symbol.for('a')
  await answer
  try {
    Object.assign(Function.prototype, { call, apply, bind })
  } catch {}
  return stolen.length === 0 ? 'contained' : stolen.map(String)
}
