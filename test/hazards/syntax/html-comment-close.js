// hazard: the other end of such a comment, at the beginning of a line
// expect: completed
// output: 1
// check: syntax_error
export default () => 1
--> globalThis.pwned = 'pwned'
