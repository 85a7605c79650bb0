// hazard: a real stack of ten thousand frames with long names
// expect: script_error
// message: deep down
export default () => {
  Error.stackTraceLimit = 10_000
  const name = 'n'.repeat(1000)
  const holder = { [name]: (depth) => (depth === 0 ? fail() : holder[name](depth - 1)) }
  const fail = () => {
    throw new Error('deep down')
  }
  return holder[name](3000)
}
