// hazard: one line of a hundred thousand arguments
// expect: completed
// output: "done"
// logs: cut
export default () => {
  console.log(...new Array(100_000).fill('x'))
  return 'done'
}
