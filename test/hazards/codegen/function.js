// hazard: makes a function of text in all spellings
// expect: completed
// output: [true,true,true,true,true,true,true]
export default () =>
  [
    () => Function('return 7')(),
    () => new Function('a', 'b', 'return 7')(),
    () => (() => 1).constructor('return 7')(),
    () => Function.prototype.constructor('return 7')(),
    () => Object.getPrototypeOf(Function).constructor('return 7')(),
    () => Function.call(null, 'return 7')(),
    () => Function.bind(null, 'return 7')()(),
  ].map((attempt) => {
    try {
      return attempt()
    } catch (error) {
      return error instanceof TypeError
    }
  })
