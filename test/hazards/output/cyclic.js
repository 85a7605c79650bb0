// hazard: an object that contains itself
// expect: output_not_serializable
// message: circular
export default () => {
  const value = { list: [] }
  value.list.push({ value })
  return value
}
