// hazard: climbs the stack by arguments.callee and caller
// expect: completed
// output: ["TypeError","TypeError","TypeError","TypeError","TypeError"]
export default () => {
  const attempt = (climb) => {
    try {
      return String(climb())
    } catch (error) {
      return error.name
    }
  }
  function mine() {
    return arguments.callee
  }
  const method = {
    climb() {
      return mine.caller
    },
  }
  return [
    attempt(mine),
    attempt(() => mine.caller),
    attempt(() => mine.arguments),
    attempt(() => method.climb().caller),
    attempt(() => Reflect.get(Function.prototype, 'caller', console.log)),
  ]
}
