// hazard: leaves variables and properties of the global object
// expect: completed
// output: ["undefined","undefined","undefined"]
export default () => {
  const found = [typeof pwned, typeof globalThis.pwned, typeof Object.getPrototypeOf(globalThis).pwned]
  for (const leave of [
    () => {
      pwned = 'pwned'
    },
    () => {
      globalThis.pwned = 'pwned'
    },
    () => {
      Object.getPrototypeOf(globalThis).pwned = 'pwned'
    },
    () => Object.defineProperty(globalThis, Symbol('pwned'), { value: 'pwned' }),
    () => {
      globalThis.globalThis.globalThis.pwned = () => 'pwned'
    },
    () => Object.assign(globalThis, { JSON: { pwned: 1 }, Map: class pwned {} }),
  ]) {
    try {
      leave()
    } catch {}
  }
  return found
}
