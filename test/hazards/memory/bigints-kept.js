// hazard: large numbers that are kept
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  const kept = []
  for (let count = 1n; ; count += 1n) kept.push(count << 1_000_000n)
}
