// hazard: a toJSON that gives another one each time it is asked, three thousand times
// expect: output_not_serializable
// message: levels deep
export default () => {
  const deeper = (depth) => (depth === 0 ? 'deep' : { toJSON: () => ({ deeper: deeper(depth - 1) }) })
  return deeper(3000)
}
