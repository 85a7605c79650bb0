// hazard: logs errors whose stack, name and message are not what they should be
// expect: completed
// output: "done"
// logs: 5
export default () => {
  const error = (properties) =>
    Object.defineProperties(new Error('x'), Object.getOwnPropertyDescriptors(properties))
  console.log(error({ stack: 7 }))
  console.log(error({ stack: { toString: () => 'pwned' }, name: Symbol('x'), message: null }))
  console.log(
    error({
      get stack() {
        throw new Error('no')
      },
    }),
  )
  console.log(error({ stack: 'x'.repeat(100) }))
  console.log(Object.create(Error.prototype, { name: { value: 'Half' } }))
  return 'done'
}
