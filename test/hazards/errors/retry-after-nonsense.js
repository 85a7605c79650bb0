// hazard: asks to be tried again after times that are none
// expect: retry_after
// message: Try again after 0 seconds
export default () => {
  for (const seconds of [-1, NaN, Infinity, 1e300, 'soon', '-7', { valueOf: () => 7 }, 7n, null]) {
    const { retryAfterSeconds } = new sdk.RetryAfterError(seconds)
    if (retryAfterSeconds !== 0) throw new Error(`${retryAfterSeconds}`)
  }
  throw new sdk.RetryAfterError(-Infinity)
}
