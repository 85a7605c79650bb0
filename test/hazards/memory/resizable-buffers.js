// hazard: buffers that may grow to gigabytes; the library alone let them, below a limit of 32 MB
// expect: completed
// output: [false,false,"undefined","undefined","undefined"]
// limits: {"memoryMb": 16}
export default () => {
  const buffer = new ArrayBuffer(8, { maxByteLength: 2 ** 32 })
  class Mine extends ArrayBuffer {}
  const mine = new Mine(8, { maxByteLength: 2 ** 32 })
  return [
    buffer.resizable,
    mine.resizable,
    typeof buffer.resize,
    typeof mine.resize,
    typeof SharedArrayBuffer,
  ]
}
