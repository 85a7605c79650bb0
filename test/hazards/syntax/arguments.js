// hazard: the arguments of the function that it is put into
// expect: completed
// output: "reached"
// check: arguments_outside_function
const given = arguments
export default () => (given.length === 2 ? 'reached' : 'other')
