// hazard: sets the length of stacks, for later ones to have none
// expect: completed
// output: [10,"undefined"]
export default () => {
  const found = [Error.stackTraceLimit, typeof Error.pwned]
  for (const leave of [
    () => {
      Error.pwned = 'pwned'
    },
    () => delete Error.stackTraceLimit,
    () => Object.defineProperty(Error, 'stackTraceLimit', { get: () => 'pwned' }),
    () => {
      Error.stackTraceLimit = 'pwned'
    },
  ]) {
    try {
      leave()
    } catch {}
  }
  return found
}
