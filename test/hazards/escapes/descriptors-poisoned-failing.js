// hazard: the same, and then it fails, so that its error must be described in spite of it
// expect: script_error
// message: after all
export default () => {
  try {
    Object.assign(Object.prototype, {
      get: 7,
      set: 8,
      value: 9,
      toJSON: () => 'pwned',
      cause: { message: 'pwned' },
    })
  } catch {}
  throw new Error('after all')
}
