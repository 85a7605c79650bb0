// hazard: throws an error whose properties overflow the stack while they are read
// expect: script_error
// message: A value that is not an Error was thrown
export default () => {
  const deep = () => deep() + 1
  const error = {
    get message() {
      return deep()
    },
    get stack() {
      return deep()
    },
    get name() {
      return deep()
    },
    get cause() {
      return deep()
    },
  }
  throw error
}
