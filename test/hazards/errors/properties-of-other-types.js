// hazard: name, message and stack that are objects, symbols and numbers
// expect: script_error
// message: Symbol(message)
export default () => {
  throw Object.defineProperties(new Error('x'), {
    name: { value: { toString: () => 'pwned' } },
    message: { value: Symbol('message') },
    stack: { value: ['Error', '\n    at pwned (node:fs:1:1)'] },
    cause: { value: 7 },
  })
}
