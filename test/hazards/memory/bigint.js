// hazard: a number that grows by twelve megabytes of digits at a time
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  let number = 1n
  for (;;) number = (number << 100_000_000n) | 1n
}
