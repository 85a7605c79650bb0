// hazard: returns a function that says it is an object
// expect: output_not_serializable
// message: output is a function
export default () => Object.assign(() => 1, { toJSON: () => ({ a: 1 }) })
