// hazard: a buffer that is moved to a larger one again and again
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  let buffer = new ArrayBuffer(1024)
  for (;;) {
    buffer = buffer.transfer(buffer.byteLength * 2)
    new Uint8Array(buffer).fill(1)
  }
}
