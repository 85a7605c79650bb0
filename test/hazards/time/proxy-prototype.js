// hazard: reads a property through a hundred thousand proxies
// expect: script_error
// message: Maximum call stack size exceeded
export default () => {
  let object = {}
  for (let depth = 0; depth < 100_000; depth += 1) object = new Proxy(object, {})
  return object.value
}
