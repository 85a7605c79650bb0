// hazard: an argument whose getter makes the same call, without end
// expect: completed
// output: [true,"answered"]
// calls: 1
// limits: {"wallMs": 30000, "cpuMs": 20000}
export default async () => {
  const nested = {
    get value() {
      sdk.cache.set('key', nested)
      throw new RangeError('enough')
    },
  }
  let refused = false
  try {
    await sdk.cache.set('key', nested)
  } catch (error) {
    refused = error.code === 'invalid_arguments'
  }
  return [refused, await sdk.cache.get('key').then(() => 'answered')]
}
