// hazard: sorts within its comparator
// expect: script_error
// message: Maximum call stack size exceeded
export default () => {
  const compare = () => [2, 1].sort(compare)[0]
  return [2, 1].sort(compare)
}
