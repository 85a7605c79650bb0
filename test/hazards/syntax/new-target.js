// hazard: asks how the function that it is put into was called
// expect: completed
// output: "undefined"
// check: syntax_error
const target = new.target
export default () => typeof target
