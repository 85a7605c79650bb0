// hazard: octal numbers and deleted variables, which are not there in strict code
// expect: invalid_script
// message: Octal literals are not allowed in strict mode
// check: syntax_error
export default () => 010
