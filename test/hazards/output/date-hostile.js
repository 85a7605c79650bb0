// hazard: a date whose text is what it says itself
// expect: output_not_serializable
// message: toISOString
export default () => {
  const date = new Date(0)
  Object.defineProperty(date, 'toISOString', { value: () => JSON.toISOString() })
  return date
}
