// hazard: clears timers of others by guessing their numbers
// expect: completed
// output: "rang"
export default () => {
  for (let id = -1000; id < 10_000; id += 1) {
    clearTimeout(id)
    clearInterval(id)
  }
  for (const id of [NaN, Infinity, '1', {}, null, undefined, Symbol('x'), 2n ** 64n]) clearTimeout(id)
  return new Promise((resolve) => setTimeout(resolve, 5, 'rang'))
}
