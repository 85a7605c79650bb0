// hazard: JSON text with a hundred megabytes of indentation
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  let deep = []
  for (let depth = 0; depth < 3000; depth += 1) deep = [deep, depth]
  const kept = []
  for (;;) kept.push(JSON.stringify(deep, null, '          '))
}
