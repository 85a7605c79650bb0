// hazard: a toJSON that gives another one each time it is asked
// expect: output_not_serializable
// message: Maximum call stack size exceeded
export default () => {
  const deeper = () => ({ toJSON: () => ({ deeper: deeper() }) })
  return deeper()
}
