// hazard: throws a promise that is rejected
// expect: script_error
// message: A value that is not an Error was thrown
export default () => {
  throw Promise.reject(new Error('inside'))
}
