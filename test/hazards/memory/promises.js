// hazard: promises that wait for ever, in any number
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  const gate = new Promise(() => {})
  for (;;) gate.then(() => 1).finally(() => 2)
}
