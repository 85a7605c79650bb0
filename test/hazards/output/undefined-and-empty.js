// hazard: nothing, in all the ways in which there can be nothing
// expect: completed
// output: {"a":[null],"n":null}
export default () => ({
  a: [undefined],
  u: undefined,
  n: null,
  [Symbol('x')]: 1,
})
