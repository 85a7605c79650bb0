// hazard: an error of the library whose code, name and retryability were changed
// expect: permanent_error
// message: as thrown
export default () => {
  const error = new sdk.PermanentError('as thrown')
  for (const [name, value] of Object.entries({
    code: 'timeout',
    retryable: true,
    name: 'pwned',
    toJSON: () => 'pwned',
  })) {
    try {
      Object.defineProperty(error, name, { value })
    } catch {}
  }
  throw error
}
