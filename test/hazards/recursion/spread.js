// hazard: calls with more arguments than a stack can hold
// expect: completed
// output: ["RangeError","RangeError","RangeError","RangeError","RangeError"]
// limits: {"memoryMb": 512, "cpuMs": 15000, "wallMs": 20000}
export default () => {
  const many = new Array(10_000_000).fill(1)
  const count = (...all) => all.length
  return [
    () => count(...many),
    () => Math.max(...many),
    () => count.apply(null, many),
    () => Reflect.construct(Array, many).length,
    () => count.bind(null, ...many)(),
  ].map((attempt) => {
    try {
      return attempt()
    } catch (error) {
      return error.name
    }
  })
}
