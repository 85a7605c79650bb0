// hazard: twenty calls of two megabytes each, at once
// expect: completed
// output: 20
// limits: {"memoryMb": 256, "cpuMs": 15000, "wallMs": 20000}
// calls: 20
export default async () => {
  const calls = Array.from({ length: 20 }, () => sdk.cache.set('key', 'x'.repeat(2_000_000)))
  return (await Promise.allSettled(calls)).length
}
