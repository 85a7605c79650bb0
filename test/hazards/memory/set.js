// hazard: a Set of numbers that grows
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  const set = new Set()
  for (let value = 0.5; ; value += 1) set.add(value)
}
