// hazard: returns a symbol
// expect: output_not_serializable
// message: output is a symbol
export default () => Symbol('pwned')
