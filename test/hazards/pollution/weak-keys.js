// hazard: hides something behind keys that later executions have as well
// expect: completed
// output: [false,false,"undefined"]
const hidden = new WeakMap()
export default () => {
  const keys = [
    Math,
    JSON,
    Object.prototype,
    Function.prototype,
    globalThis.Map,
    Symbol.iterator,
    sdk.PermanentError,
  ]
  const found = [hidden.has(Math), keys.some((key) => hidden.has(key)), typeof globalThis.hidden]
  for (const key of keys) hidden.set(key, 'pwned')
  globalThis.hidden = hidden
  return found
}
