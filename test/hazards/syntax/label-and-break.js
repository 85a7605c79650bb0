// hazard: breaks out of a loop that is not its own
// expect: invalid_script
// message: Illegal break statement
// check: syntax_error
export default () => {
  break
}
