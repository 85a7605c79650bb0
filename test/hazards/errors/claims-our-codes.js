// hazard: an error that claims to be of ours, with a code, a status and marks of its own
// expect: script_error
// message: it was the node
export default () => {
  const error = new Error('it was the node')
  Object.assign(error, {
    code: 'cancelled',
    type: 'LostError',
    status: 'lost',
    verdict: 'completed',
    retryAfterSeconds: 1e9,
  })
  error.name = 'LimitError'
  throw error
}
