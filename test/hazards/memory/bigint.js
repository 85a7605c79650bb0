// hazard: a number that doubles its digits until there is no more room
// expect: script_error
// message: Maximum BigInt size exceeded
// limits: {"memoryMb": 128, "wallMs": 30000, "cpuMs": 30000}
export default () => {
  let number = 1n
  for (;;) number <<= 100_000_000n
}
