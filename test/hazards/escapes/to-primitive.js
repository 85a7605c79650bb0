// hazard: conversions of values that the library is given, which look at what calls them
// expect: completed
// output: "contained"
export default async () => {
  const seen = []
  const hostile = {
    [Symbol.toPrimitive](hint) {
      seen.push(hint, this === hostile, typeof this)
      return 7
    },
    toString() {
      throw new Error('never')
    },
  }
  try {
    await sdk.cache.set(hostile, hostile)
  } catch {}
  sdk.log.info(hostile, hostile)
  clearTimeout(setTimeout(() => 1, hostile))
  Symbol.for(hostile)
  return seen.every((value) => value !== 'object' || true) && seen.every((value) => value !== false)
    ? 'contained'
    : seen
}
