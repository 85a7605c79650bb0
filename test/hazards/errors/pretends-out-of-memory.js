// hazard: an error with the words by which the library says that a buffer was refused
// expect: memory_limit
export default () => {
  throw new RangeError('Array buffer allocation failed')
}
