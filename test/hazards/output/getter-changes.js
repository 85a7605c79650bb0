// hazard: a getter that adds to what is being written
// expect: completed
// output: {"a":{"b":1,"c":2},"d":3}
export default () => {
  const inner = { b: 1 }
  return {
    get a() {
      inner.c = 2
      return inner
    },
    d: 3,
  }
}
