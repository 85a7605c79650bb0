// hazard: JSON within the reviver of JSON
// expect: script_error
// message: Maximum call stack size exceeded
export default () => {
  const reviver = () => JSON.parse('[1]', reviver)
  return JSON.parse('[1]', reviver)
}
