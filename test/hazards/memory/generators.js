// hazard: generators that are suspended in the middle
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
function* suspended(ballast) {
  yield 1
  yield ballast
}
export default () => {
  const kept = []
  for (;;) {
    const generator = suspended(new Array(50).fill(0))
    generator.next()
    kept.push(generator)
  }
}
