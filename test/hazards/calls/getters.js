// hazard: arguments whose getters make calls of their own
// expect: completed
// output: "done"
// calls: 20
export default async () => {
  const nested = {
    get value() {
      sdk.cache.set('key', nested).catch(() => 1)
      return 1
    },
  }
  let depth = 0
  const bounded = {
    get value() {
      depth += 1
      if (depth < 100) sdk.cache.set('key', bounded).catch(() => 1)
      return 1
    },
  }
  await sdk.cache.set('key', bounded).catch(() => 1)
  return 'done'
}
