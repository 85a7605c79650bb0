// hazard: an error of which every property throws when it is read
// expect: script_error
// message: A value that is not an Error was thrown
export default () => {
  const error = new Error('x')
  for (const name of ['name', 'message', 'stack', 'cause', 'code', 'toString', 'toJSON', 'constructor']) {
    Object.defineProperty(error, name, {
      get() {
        throw error
      },
    })
  }
  throw error
}
