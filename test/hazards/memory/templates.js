// hazard: tagged templates, each with an array of its own that V8 keeps with the function
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  const kept = []
  const tag = (strings, value) => [strings, value]
  for (let count = 0; ; count += 1) kept.push((() => tag`before ${new Array(100).fill(count)} after`)())
}
