// hazard: leaves a function that sees the stack of every later error
// expect: completed
// output: false
export default () => {
  const found = String(new Error('x').stack).includes('pwned')
  for (const owner of [Error, Error.prototype, Object.prototype, Function.prototype, globalThis, TypeError]) {
    try {
      owner.prepareStackTrace = () => 'pwned'
    } catch {}
  }
  return found
}
