// hazard: a getter that gives another message each time, and an object in the end
// expect: script_error
// message: asked 1
export default () => {
  let asked = 0
  throw Object.defineProperty(new Error('x'), 'message', {
    get() {
      asked += 1
      return asked < 5 ? `asked ${asked}` : {}
    },
  })
}
