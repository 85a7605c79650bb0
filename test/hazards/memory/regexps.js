// hazard: regular expressions that are compiled and kept
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  const kept = []
  for (let count = 0; ; count += 1) {
    const pattern = new RegExp(`(?:${'a?b*'.repeat(200)}|${count}){1,20}`)
    pattern.test('ab')
    kept.push(pattern)
  }
}
