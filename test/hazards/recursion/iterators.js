// hazard: destructuring and spreading that ask for themselves
// expect: script_error
// message: Maximum call stack size exceeded
export default () => {
  const object = {
    *[Symbol.iterator]() {
      yield* object
    },
  }
  const [first] = object
  return first
}
