// hazard: logs from within what is being logged
// expect: completed
// output: "done"
// logs: cut
export default () => {
  const again = (depth) => ({
    toJSON() {
      console.log(depth < 200 ? again(depth + 1) : 'deep')
      return depth
    },
  })
  console.log(again(0))
  return 'done'
}
