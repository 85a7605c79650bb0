// hazard: a getter that makes a new cause each time
// expect: script_error
// message: why
export default () => {
  class Why extends Error {
    get cause() {
      return new Why('why')
    }
  }
  throw new Why('why')
}
