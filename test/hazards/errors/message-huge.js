// hazard: a message of fifty megabytes
// expect: script_error
// message: 😀😀😀
// limits: {"memoryMb": 256}
export default () => {
  throw new RangeError('😀'.repeat(10_000_000))
}
