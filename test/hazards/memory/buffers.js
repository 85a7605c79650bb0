// hazard: many buffers, outside the heap
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  const kept = []
  for (;;) kept.push(new ArrayBuffer(1_000_000))
}
