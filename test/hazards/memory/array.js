// hazard: an array that grows, of small objects
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  const kept = []
  for (;;) kept.push({ kept })
}
