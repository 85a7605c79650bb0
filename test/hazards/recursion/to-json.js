// hazard: a toJSON that writes itself, in the output
// expect: output_not_serializable
// message: Maximum call stack size exceeded
export default () => {
  const value = { toJSON: () => JSON.stringify(value) }
  return value
}
