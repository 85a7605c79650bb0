// hazard: looks at what a timer is called with
// expect: completed
// output: ["undefined",2,true]
export default () =>
  new Promise((resolve) => {
    setTimeout(
      function (...given) {
        resolve([typeof this, given.length, given.every((value) => value === 1)])
      },
      0,
      1,
      1,
    )
  })
