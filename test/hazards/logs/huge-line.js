// hazard: one line of twenty megabytes
// expect: completed
// output: "done"
// logs: cut
// limits: {"memoryMb": 128}
export default () => {
  console.log('x'.repeat(20_000_000))
  return 'done'
}
