// hazard: text of ten million brackets, parsed: outside the heap, in one step
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => JSON.parse('['.repeat(1e7))
