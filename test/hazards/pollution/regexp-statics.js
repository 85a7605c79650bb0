// hazard: leaves a secret in the last match that V8 keeps on the constructor of regular expressions
// expect: completed
// output: true
export default () => {
  const seen = [
    RegExp.$1,
    RegExp.$_,
    RegExp.input,
    RegExp.lastMatch,
    RegExp['$&'],
    RegExp.leftContext,
    RegExp["$'"],
  ].join('')
  'a pwned secret'.replace(/(pwned) (secret)/, '$1')
  try {
    RegExp.input = 'pwned'
  } catch {}
  return !seen.includes('pwned')
}
