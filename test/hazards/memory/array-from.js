// hazard: an array of four billion numbers
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => Array.from({ length: 2 ** 32 - 1 }, (_, index) => index).length
