// hazard: buffers that are moved away while something writes into them
// expect: completed
// output: ["TypeError","TypeError","TypeError"]
export default () => {
  const attempt = (action) => {
    try {
      return action()
    } catch (error) {
      return error.name
    }
  }
  const bytes = new Uint8Array(64)
  const view = new DataView(bytes.buffer)
  const sorted = new Float64Array(16)
  const evil = {
    valueOf() {
      bytes.buffer.transfer()
      return 7
    },
  }
  return [
    attempt(() => bytes.fill(evil).length),
    attempt(() => sorted.sort(() => (sorted.buffer.transfer(), 1)).length),
    attempt(() => view.getInt8(0)),
  ]
}
