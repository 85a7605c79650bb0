// hazard: text that is JSON to some and code to others
// expect: completed
// output: [true,true,true,true]
export default () =>
  ['(() => { throw 1 })()', '{"a": pwned}', '[1,]', '{"a":1}//'].map((text) => {
    try {
      return JSON.parse(text)
    } catch (error) {
      return error instanceof SyntaxError
    }
  })
