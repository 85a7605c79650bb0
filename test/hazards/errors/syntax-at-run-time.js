// hazard: provokes every error that the engine itself throws, and lets the last one out
// expect: script_error
// message: Invalid regular expression
export default () => {
  for (const provoke of [
    () => undefinedName,
    () => null.x,
    () => JSON.parse('{'),
    () => new Array(-1),
    () => 1n + 1,
    () => decodeURIComponent('%'),
    () => 'x'.normalize('x'),
    () => new Intl.NumberFormat('en', { style: 'x' }),
    () => Symbol() + '',
    () => new Date(NaN).toISOString(),
    () => Reflect.construct(1),
    () => structuredClone(() => 1),
    () => BigInt(1.5),
  ]) {
    try {
      provoke()
    } catch (error) {
      if (!(error instanceof Error)) throw new Error('a stranger')
    }
  }
  return new RegExp('(')
}
