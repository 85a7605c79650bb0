// hazard: logs from within what is being logged
// expect: completed
// output: "done"
// logs: cut
export default () => {
  const again = (depth) => {
    const log = () => {
      console.log(depth < 200 ? again(depth + 1) : 'deep')
      return depth
    }
    return { toJSON: log, [Symbol.for('nodejs.util.inspect.custom')]: log }
  }
  console.log(again(0))
  return 'done'
}
