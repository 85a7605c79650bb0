// hazard: a function that calls itself
// expect: script_error
// message: Maximum call stack size exceeded
export default () => {
  const down = (depth) => down(depth + 1) + 1
  return down(0)
}
