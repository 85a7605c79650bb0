// hazard: reads the bytes of buffers that another execution may have had
// expect: completed
// output: 0
export default () => {
  let sum = 0
  for (let count = 0; count < 30; count += 1) {
    const bytes = new Uint8Array(200_000)
    for (let index = 0; index < bytes.length; index += 997) sum += bytes[index]
    bytes.fill(0x70)
  }
  const grown = new Uint8Array(new ArrayBuffer(16).transfer?.(100_000) ?? 0)
  return sum + grown.reduce((total, byte) => total + byte, 0)
}
