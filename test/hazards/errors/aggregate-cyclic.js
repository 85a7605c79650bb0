// hazard: an error that contains itself among its errors
// expect: script_error
// message: together
export default () => {
  const error = new AggregateError([], 'together')
  error.errors.push(error, { errors: [error] })
  error.cause = error.errors
  throw error
}
