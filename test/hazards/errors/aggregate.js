// hazard: an error of ten thousand errors
// expect: script_error
// message: All promises were rejected
// limits: {"cpuMs": 15000, "wallMs": 20000}
export default () => Promise.any(Array.from({ length: 10_000 }, (_, index) => Promise.reject(index)))
