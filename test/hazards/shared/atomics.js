// hazard: blocks its thread where nothing can wake it
// expect: completed
// output: "undefined"
export default () => {
  if (typeof Atomics !== 'undefined') {
    Atomics.wait?.(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    Atomics.pause?.(1e9)
  }
  return typeof Atomics
}
