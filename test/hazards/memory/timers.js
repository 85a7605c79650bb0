// hazard: timers that hold megabytes in their arguments
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  for (;;) setTimeout(() => 1, 1e6, new Array(100_000).fill({}))
}
