// hazard: one buffer of eight gigabytes
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => new ArrayBuffer(8e9).byteLength
