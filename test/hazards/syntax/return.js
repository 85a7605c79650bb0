// hazard: returns before it has exported anything
// expect: no_default_export
// message: no default export that is a function
// check: syntax_error
return 7
export default () => 1
