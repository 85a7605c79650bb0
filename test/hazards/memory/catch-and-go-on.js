// hazard: catches what it can when memory runs out, and takes more
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  const kept = []
  for (;;) {
    try {
      for (;;) kept.push(new Array(10_000).fill(0.5))
    } catch {
      kept.push(new Map([[kept, {}]]))
    } finally {
      kept.push('x'.repeat(1000).split(''))
    }
  }
}
