// hazard: a getter that throws while the output becomes JSON
// expect: output_not_serializable
// message: not today
export default () => ({
  a: 1,
  get b() {
    throw new Error('not today')
  },
})
