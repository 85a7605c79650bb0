// hazard: an array that becomes text by itself
// expect: script_error
// message: Maximum call stack size exceeded
export default () => {
  const object = { toString: () => `${[object]}` }
  return String(object)
}
