// hazard: opens a template that swallows the end
// expect: invalid_script
// message: Unexpected end of input
// check: syntax_error
export default () => 1
`
