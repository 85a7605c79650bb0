// hazard: JSON within the replacer of JSON
// expect: script_error
// message: Maximum call stack size exceeded
export default () => {
  const replacer = (_key, value) => JSON.stringify({ value }, replacer)
  return JSON.stringify({}, replacer)
}
