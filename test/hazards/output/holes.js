// hazard: an array of four billion holes
// expect: output_not_serializable
// message: Invalid string length
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => new Array(4_294_967_295)
