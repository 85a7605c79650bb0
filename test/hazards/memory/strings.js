// hazard: texts that are kept
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  const kept = []
  for (let count = 0; ; count += 1) kept.push(`${count}`.padEnd(10_000, '.').split('').join('-'))
}
