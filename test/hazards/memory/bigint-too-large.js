// hazard: a number of more digits than V8 allows
// expect: script_error
// message: Maximum BigInt size exceeded
export default () => 1n << (2n ** 40n)
