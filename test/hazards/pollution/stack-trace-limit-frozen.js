// hazard: freezes Error through a proxy, when its own execution is over
// expect: completed
// output: 10
export default () => {
  const found = Error.stackTraceLimit
  Error.stackTraceLimit = 1000
  Promise.resolve().then(async () => {
    for (let step = 0; step < 20; step += 1) await null
    Object.freeze(new Proxy(Error, {}))
  })
  return found
}
