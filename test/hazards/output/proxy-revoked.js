// hazard: a proxy that is revoked when it is returned
// expect: output_not_serializable
// message: revoked
export default () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return [proxy]
}
