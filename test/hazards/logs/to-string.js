// hazard: logs values that throw when they become text
// expect: completed
// output: "done"
// logs: 4
export default () => {
  const hostile = {
    toString() {
      throw new Error('no')
    },
    [Symbol.toPrimitive]() {
      throw new Error('no')
    },
  }
  console.log(hostile, [hostile])
  console.log(Object.create(null), Symbol('s'), 1n, -0, undefined, null)
  console.log(Object.assign(Object.create(null), { toJSON: () => hostile }))
  sdk.log.info(hostile, { hostile })
  return 'done'
}
