// hazard: arguments that cannot become JSON
// expect: completed
// output: [true,true,true]
// calls: 0
export default async () => {
  const seen = []
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  for (const value of [1n, proxy, { toJSON: () => JSON.pwned() }]) {
    try {
      await sdk.cache.set('key', value)
    } catch (error) {
      seen.push(error.code === 'invalid_arguments')
    }
  }
  return seen
}
