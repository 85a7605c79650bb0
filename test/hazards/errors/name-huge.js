// hazard: a class whose name is a megabyte long
// expect: script_error
// message: named
export default () => {
  const error = new Error('named')
  Object.defineProperty(error, 'name', { value: 'N'.repeat(1_000_000) })
  throw error
}
