// hazard: a function bound to itself without end, with an argument more each time
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  let bound = () => 1
  for (;;) bound = bound.bind(null, bound, 'argument')
}
