// hazard: returns a function with a toString
// expect: output_not_serializable
// message: output is a function
export default () => Object.assign(() => 1, { toString: () => '"pwned"' })
