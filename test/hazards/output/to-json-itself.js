// hazard: a toJSON that returns what it was called on
// expect: completed
// output: {"a":1}
export default () => ({
  a: 1,
  toJSON() {
    return this
  },
})
