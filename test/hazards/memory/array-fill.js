// hazard: one array of half a gigabyte
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 30000, "cpuMs": 30000}
export default () => new Array(6e7).fill(1.5).length
