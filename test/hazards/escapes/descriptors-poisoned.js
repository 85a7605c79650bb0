// hazard: a getter in Object.prototype that turns every descriptor of a property into an impossible one
// isolation: realm
// expect: completed
// output: "contained"
export default async () => {
  try {
    for (const name of ['get', 'set', 'value', 'writable', 'enumerable', 'configurable'])
      Object.prototype[name] = 7
  } catch {}
  const seen = []
  for (const action of [
    () => setTimeout(() => 1, 1),
    () => setTimeout('x'),
    () => new sdk.PermanentError('x'),
    () => new sdk.RetryAfterError(1),
    () => console.log({ a: 1 }),
    () => sdk.log.info('a', { b: 1 }),
    () => Symbol.for('a'),
    () => new Date(),
  ]) {
    try {
      action()
    } catch (error) {
      seen.push(error instanceof Error)
    }
  }
  await sdk.cache.get('key').catch(() => 1)
  return seen.every(Boolean) ? 'contained' : seen
}
