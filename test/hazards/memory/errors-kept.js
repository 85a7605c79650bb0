// hazard: errors with stacks of any length, kept
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  Error.stackTraceLimit = Infinity
  const kept = []
  const deep = (depth) => {
    if (depth > 0) return deep(depth - 1)
    kept.push(new Error('kept'))
  }
  for (;;) deep(500)
}
