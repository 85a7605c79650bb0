// hazard: fails before it has exported anything
// expect: script_error
// message: at the top
throw new Error('at the top')
export default () => 1
