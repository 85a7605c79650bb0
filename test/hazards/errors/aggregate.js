// hazard: an error of a hundred thousand errors
// expect: script_error
// message: All promises were rejected
export default () => Promise.any(Array.from({ length: 100_000 }, (_, index) => Promise.reject(index)))
