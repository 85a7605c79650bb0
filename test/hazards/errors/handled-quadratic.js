// hazard: hundreds of thousands of rejections that are handled a moment later, which the library looks up one by one
// expect: cpu_limit
// limits: {"cpuMs": 300, "memoryMb": 256, "wallMs": 20000}
export default () => Promise.any(Array.from({ length: 300_000 }, (_, index) => Promise.reject(index)))
