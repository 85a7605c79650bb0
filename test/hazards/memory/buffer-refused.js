// hazard: catches the refusal of a buffer, and asks for a smaller one, for ever
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  const kept = []
  for (let size = 2 ** 30; ; size = Math.max(size / 2, 1024)) {
    try {
      for (;;) kept.push(new Uint8Array(size).fill(1), {})
    } catch {}
  }
}
