// hazard: arrays that contain each other, flattened without end
// expect: script_error
// message: Maximum call stack size exceeded
export default () => {
  const list = []
  list.push(list)
  return list.flat(Infinity)
}
