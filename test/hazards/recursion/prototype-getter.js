// hazard: a proxy in its own chain of prototypes
// expect: script_error
// message: Maximum call stack size exceeded
export default () => {
  const heir = {}
  const proxy = new Proxy(heir, {})
  Object.setPrototypeOf(heir, proxy)
  return heir.missing
}
