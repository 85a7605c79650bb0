// hazard: text in place of a function, in the hope that it is run
// expect: completed
// output: ["TypeError","TypeError","TypeError","TypeError"]
export default () =>
  [
    () => setTimeout('pwned = 1', 0),
    () => setInterval('pwned = 1', 1),
    () => queueMicrotask('pwned = 1'),
    () => setTimeout({ toString: () => 'pwned = 1' }),
  ].map((attempt) => {
    try {
      return typeof attempt()
    } catch (error) {
      return error.name
    }
  })
