// hazard: arguments a hundred thousand levels deep
// expect: completed
// output: true
// calls: 0
// limits: {"memoryMb": 128, "cpuMs": 15000, "wallMs": 20000}
export default async () => {
  let value = {}
  for (let depth = 0; depth < 100; depth += 1) value = { value }
  const cyclic = { value }
  cyclic.self = cyclic
  try {
    await sdk.cache.set('key', cyclic)
  } catch (error) {
    return error instanceof Error
  }
}
