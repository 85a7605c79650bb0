// hazard: leaves a regular expression in the middle of a text, and a literal with properties
// expect: completed
// output: [0,"undefined"]
export default () => {
  const pattern = /a/gy
  const found = [pattern.lastIndex, typeof pattern.pwned]
  pattern.test('aaa')
  pattern.pwned = 'pwned'
  try {
    RegExp.prototype.exec = () => ['pwned']
  } catch {}
  return found
}
