// hazard: makes the one property of a built-in object that scripts may set read-only, with its own value in it
// expect: completed
// output: [10,true]
export default () => {
  const found = [Error.stackTraceLimit, Reflect.getOwnPropertyDescriptor(Error, 'stackTraceLimit').writable]
  Object.defineProperty(Error, 'stackTraceLimit', { value: 'pwned', writable: false })
  return found
}
