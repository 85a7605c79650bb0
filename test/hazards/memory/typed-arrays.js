// hazard: typed arrays that are written, so that their pages are really taken
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  const kept = []
  for (;;) kept.push(new Float64Array(100_000).fill(1.5))
}
