// hazard: the statement with, which is not there in strict code
// expect: invalid_script
// message: Strict mode code may not include a with statement
// check: syntax_error
export default () => {
  with (globalThis) pwned = 1
}
