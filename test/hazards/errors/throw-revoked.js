// hazard: throws a proxy that was revoked
// expect: script_error
// message: A value that is not an Error was thrown
export default () => {
  const { proxy, revoke } = Proxy.revocable(new Error('x'), {})
  revoke()
  throw proxy
}
