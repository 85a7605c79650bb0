// hazard: a pattern of brackets a hundred thousand deep
// expect: script_error
// message: Invalid regular expression
export default () => new RegExp('('.repeat(100_000) + ')'.repeat(100_000))
