// hazard: generators that delegate to themselves
// expect: script_error
// message: Maximum call stack size exceeded
export default () => {
  function* down() {
    yield* down()
  }
  return [...down()]
}
