// hazard: nothing, in all the ways in which there can be nothing
// expect: completed
// output: {"a":[null,null,null],"n":null}
export default () => ({
  a: [undefined, () => 1, Symbol('x')],
  u: undefined,
  f: () => 1,
  n: null,
  [Symbol('x')]: 1,
})
