// hazard: shared parts that make a text longer than V8 allows
// expect: output_not_serializable
// message: Invalid string length
// resident: 1600
// limits: {"memoryMb": 1024, "wallMs": 20000, "cpuMs": 15000}
export default () => new Array(600).fill('x'.repeat(1_000_000))
