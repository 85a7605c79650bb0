// hazard: opens a comment that swallows the end
// expect: invalid_script
// message: Invalid or unexpected token
// check: syntax_error
export default () => 1
/*
