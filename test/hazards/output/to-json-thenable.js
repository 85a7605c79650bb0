// hazard: an output whose toJSON gives a promise
// expect: output_not_serializable
// message: output is a Promise
export default () => ({ toJSON: () => Promise.resolve('pwned') })
