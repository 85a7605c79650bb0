// hazard: a text of millions of characters cut into as many strings
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  const kept = []
  for (;;) kept.push('ab'.repeat(500_000).split(''))
}
