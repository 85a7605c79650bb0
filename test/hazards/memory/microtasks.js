// hazard: microtasks that are queued faster than they run
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  for (;;) queueMicrotask(() => 1)
}
