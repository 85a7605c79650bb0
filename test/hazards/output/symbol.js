// hazard: returns a symbol
// expect: output_not_serializable
// message: it is a symbol
export default () => Symbol('pwned')
