// hazard: a function bound a hundred thousand times
// expect: completed
// output: 1
export default () => {
  let bound = () => 1
  for (let count = 0; count < 100_000; count += 1) bound = bound.bind(null)
  return bound()
}
