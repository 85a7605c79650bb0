// hazard: fills the registry of symbols, which V8 itself never empties
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  for (let count = 0; ; count += 1) Symbol.for(`a symbol that nobody asked for ${count}`)
}
