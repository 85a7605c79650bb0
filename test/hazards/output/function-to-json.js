// hazard: returns a function that says it is an object
// expect: completed
// output: {"a":1}
export default () => Object.assign(() => 1, { toJSON: () => ({ a: 1 }) })
