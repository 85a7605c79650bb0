// hazard: rejects with a thenable that rejects with another one
// expect: script_error
// message: A value that is not an Error was thrown
export default () => Promise.reject({ then: (_, reject) => reject({ then: 1 }) })
