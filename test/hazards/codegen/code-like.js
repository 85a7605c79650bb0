// hazard: an object that says it is code which may be evaluated
// expect: completed
// output: true
export default () => {
  const code = { toString: () => 'pwned = 7', [Symbol.toPrimitive]: () => 'pwned = 7', codeLike: true }
  try {
    return eval(code) === code
  } catch (error) {
    return error instanceof TypeError && typeof pwned === 'undefined'
  }
}
