// hazard: functions that keep what is around them
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  let last = () => 0
  for (;;) {
    const before = last
    const ballast = new Array(100).fill(before)
    last = () => ballast.length + before()
  }
}
