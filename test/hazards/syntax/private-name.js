// hazard: a private name outside of any class
// expect: invalid_script
// message: must be declared in an enclosing class
// check: syntax_error
export default () => globalThis.#pwned
