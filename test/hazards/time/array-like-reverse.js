// hazard: reverses an array-like of nine quadrillion places
// expect: timeout
// limits: {"wallMs": 150}
export default () => Array.prototype.reverse.call({ length: Number.MAX_SAFE_INTEGER })
