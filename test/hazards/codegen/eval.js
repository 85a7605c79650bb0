// hazard: runs text, directly and indirectly
// expect: completed
// output: [true,true,true,true,true,true]
export default () =>
  [
    () => eval('7'),
    () => (0, eval)('7'),
    () => globalThis.eval('7'),
    () => eval.call(null, '7'),
    () => Reflect.apply(eval, undefined, ['7']),
    () => [eval][0]`7`,
  ].map((attempt) => {
    try {
      return attempt()
    } catch (error) {
      return error instanceof TypeError
    }
  })
