// hazard: logs objects whose getters throw, return promises, and change others
// expect: completed
// output: "done"
// logs: 4
export default () => {
  console.log({
    get a() {
      throw new Error('no')
    },
  })
  console.log({
    get a() {
      return Promise.reject(new Error('unseen'))
    },
  })
  sdk.log.error('fields', {
    get a() {
      throw { toString: () => 'no' }
    },
  })
  console.log({ toJSON: () => ({ toJSON: 1 }) })
  return 'done'
}
