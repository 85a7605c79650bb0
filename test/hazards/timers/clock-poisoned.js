// hazard: replaces the clock and Math, by which timers would be counted
// expect: completed
// output: "rang"
export default () => {
  for (const poison of [
    () => {
      Date.now = () => -Infinity
    },
    () => {
      Math.max = Math.min = () => NaN
    },
    () => {
      Map.prototype.set = Map.prototype.forEach = () => 'pwned'
    },
    () => {
      Object.defineProperty(Object.prototype, 'due', { value: NaN })
    },
  ]) {
    try {
      poison()
    } catch {}
  }
  return new Promise((resolve) => setTimeout(resolve, 5, 'rang'))
}
