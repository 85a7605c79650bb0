// hazard: throws a symbol, which does not become text by itself
// expect: script_error
// message: Symbol(pwned)
export default () => {
  throw Symbol('pwned')
}
