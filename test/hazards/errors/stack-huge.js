// hazard: a stack of ten megabytes, all on one line
// expect: script_error
// message: huge
// limits: {"memoryMb": 128}
export default () => {
  const error = new Error('huge')
  error.stack = `Error: huge\n    at ${'x'.repeat(10_000_000)} (stack-huge.js:1:1)`
  throw error
}
