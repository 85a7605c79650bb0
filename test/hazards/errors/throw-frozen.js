// hazard: throws a frozen error with properties of ours
// expect: script_error
// message: frozen
export default () => {
  throw Object.freeze(
    Object.assign(new Error('frozen'), { code: 'timeout', retryable: 'yes', status: 'completed' }),
  )
}
