// hazard: an error with a message of a hundred megabytes
// expect: script_error
// message: mmmm
// limits: {"memoryMb": 256, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  throw new Error('m'.repeat(100_000_000))
}
