// hazard: an error that is its own cause
// expect: script_error
// message: round and round
export default () => {
  const error = new Error('round and round')
  error.cause = new Error('half-way', { cause: error })
  throw error
}
