// hazard: a hundred thousand errors, each the cause of the next
// expect: script_error
// message: 99999
export default () => {
  let error = new Error('0')
  Error.stackTraceLimit = 0
  for (let count = 1; count < 100_000; count += 1) error = new Error(String(count), { cause: error })
  throw error
}
