// hazard: a Map that grows; the library alone ended in an out-of-memory that left its process for dead
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  const map = new Map()
  for (let key = 0; ; key += 1) map.set(key, {})
}
