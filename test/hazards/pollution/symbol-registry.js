// hazard: leaves a message in the registry of symbols, which V8 shares between all contexts of an isolate
// expect: completed
// output: ["undefined","undefined"]
export default () => {
  const shared = Symbol.for('pwned')
  const found = [typeof Object(shared).message, typeof Object.prototype[shared]]
  try {
    Object.prototype[shared] = 'pwned'
  } catch {}
  try {
    Object.getPrototypeOf(Object(shared)).message = 'pwned'
  } catch {}
  return found
}
