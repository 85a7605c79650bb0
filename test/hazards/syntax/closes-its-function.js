// hazard: closes the function that it is put into, and goes on outside
// expect: invalid_script
// message: Unexpected token
// check: syntax_error
export default () => 1
})}); globalThis.pwned = 'pwned'; (() => { return ((async () => 0)
