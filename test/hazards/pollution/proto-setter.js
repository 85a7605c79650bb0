// hazard: exchanges the prototypes of built-in objects, by __proto__ and by Reflect
// expect: completed
// output: ["undefined","undefined","undefined"]
export default () => {
  const found = [typeof [].pwned, typeof (() => 1).pwned, typeof new Map().pwned]
  for (const object of [
    Array.prototype,
    Function.prototype,
    Map.prototype,
    Math,
    JSON,
    globalThis.Promise,
    sdk.PermanentError,
  ]) {
    try {
      object.__proto__ = { pwned: 'pwned' }
    } catch {}
    Reflect.setPrototypeOf(object, { pwned: 'pwned' })
  }
  return found
}
