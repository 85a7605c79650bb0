// hazard: the syntax by which V8's own tests reach into it
// expect: invalid_script
// message: Unexpected token '%'
// check: syntax_error
export default () => %SystemBreak()
