// hazard: traps that ask their own proxy
// expect: script_error
// message: Maximum call stack size exceeded
export default () => {
  const proxy = new Proxy(
    {},
    {
      get: (_target, key) => proxy[key],
      has: (_target, key) => key in proxy,
    },
  )
  return proxy.value
}
