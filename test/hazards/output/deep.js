// hazard: arrays three thousand levels deep, which would bring down whoever reads them by recursion
// expect: output_not_serializable
// message: levels deep
export default () => {
  let value = []
  for (let depth = 0; depth < 3000; depth += 1) value = [value]
  return value
}
