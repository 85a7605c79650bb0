// hazard: an output whose toJSON gives a promise
// expect: completed
// output: {}
export default () => ({ toJSON: () => Promise.resolve('pwned') })
