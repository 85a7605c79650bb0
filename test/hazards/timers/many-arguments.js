// hazard: a timer with a hundred thousand arguments
// expect: completed
// output: 100000
export default () =>
  new Promise((resolve) => setTimeout((...given) => resolve(given.length), 0, ...new Array(100_000).fill(1)))
