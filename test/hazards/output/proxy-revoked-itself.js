// hazard: returns a revoked proxy itself, which is asked for `then` first
// expect: script_error
// message: revoked
export default () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
