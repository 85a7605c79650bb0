// hazard: arguments of eighteen megabytes, which the node would kill the host for
// expect: completed
// output: "arguments_too_large"
// limits: {"memoryMb": 128}
// calls: 0
export default async () => {
  try {
    await sdk.cache.set('key', 'ä'.repeat(9_000_000))
  } catch (error) {
    return error.code
  }
}
