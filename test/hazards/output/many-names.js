// hazard: an object of a hundred thousand names
// expect: output_limit
export default () =>
  Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`name ${index}`, index]))
