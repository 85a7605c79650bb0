// hazard: changes the accessor behind `stack`, and the names of errors
// expect: completed
// output: ["Error","TypeError: x",true]
export default () => {
  const error = new Error('x')
  const found = [error.name, String(new TypeError('x')), typeof error.stack === 'string']
  const accessor = Object.getOwnPropertyDescriptor(error, 'stack')
  for (const leave of [
    () => {
      accessor.get.pwned = 'pwned'
    },
    () => {
      accessor.set.pwned = 'pwned'
    },
    () => Object.setPrototypeOf(accessor.get, { pwned: 'pwned' }),
    () => {
      Error.prototype.name = 'pwned'
    },
    () => {
      TypeError.prototype.toString = () => 'pwned'
    },
    () => Object.defineProperty(Error.prototype, 'stack', { get: () => 'pwned' }),
    () => Object.defineProperty(Error.prototype, 'message', { get: () => 'pwned' }),
  ]) {
    try {
      leave()
    } catch {}
  }
  return found
}
