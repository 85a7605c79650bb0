// hazard: takes functions and objects out of the call sites of a stack
// expect: completed
// output: ["contained"]
export default () => {
  const found = new Set()
  const collect = (error, sites) => {
    for (const site of Array.isArray(sites) ? sites : []) {
      for (const name of ['getThis', 'getFunction', 'getEvalOrigin', 'getTypeName']) {
        const value = site[name]?.()
        if (typeof value === 'function' || (typeof value === 'object' && value !== null)) found.add(value)
      }
    }
    return String(error)
  }
  try {
    Error.prepareStackTrace = collect
  } catch {}
  const look = () => void new Error('look').stack
  look()
  try {
    JSON.parse('1', look)
    JSON.stringify({ toJSON: look })
    sdk.cache.set('key', { toJSON: look })
    console.log({ toJSON: look })
    ;[1, 2].sort(look)
    setTimeout(look, Symbol())
  } catch {}
  const strangers = [...found].filter((value) => !(value instanceof Object))
  try {
    delete Error.prepareStackTrace
  } catch {}
  return [found.size === 0 && strangers.length === 0 ? 'contained' : [...found].map(String)]
}
