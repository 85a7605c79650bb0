// hazard: asks to be tried again after times that are none
// expect: retry_after
// message: Try again after 0 seconds
export default () => {
  for (const seconds of [
    -1,
    NaN,
    'soon',
    '-7',
    'Someday, 99 Nov 2026 00:00:00 GMT',
    { valueOf: () => 7 },
    7n,
    null,
  ]) {
    const { retryAfterSeconds } = new sdk.RetryAfterError(seconds)
    if (retryAfterSeconds !== 0) throw new Error(`${retryAfterSeconds}`)
  }
  for (const seconds of [Infinity, 1e300, '1e12', 'Fri, 01 Jan 2286 00:00:00 GMT']) {
    const { retryAfterSeconds } = new sdk.RetryAfterError(seconds)
    if (retryAfterSeconds !== 604800) throw new Error(`${retryAfterSeconds}`)
  }
  throw new sdk.RetryAfterError(-Infinity)
}
