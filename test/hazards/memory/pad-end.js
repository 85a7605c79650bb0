// hazard: pads texts to hundreds of megabytes and keeps them
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  const kept = []
  for (;;) {
    const text = 'x'.padEnd(2 ** 27, 'ab')
    kept.push(text, text.charCodeAt(5), text.toUpperCase())
  }
}
