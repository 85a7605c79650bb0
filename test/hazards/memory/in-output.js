// hazard: takes its memory while its result becomes JSON, when its function has returned
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => ({
  toJSON() {
    const kept = []
    for (;;) kept.push({ kept })
  },
})
