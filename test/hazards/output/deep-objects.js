// hazard: objects ninety thousand levels deep
// expect: output_not_serializable
// message: levels deep
export default () => {
  let v = {}
  for (let depth = 0; depth < 90_000; depth += 1) v = { v }
  return v
}
