// hazard: takes its memory in small steps, with rests in which it looks harmless
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default async () => {
  const kept = []
  for (;;) {
    for (let count = 0; count < 20; count += 1) kept.push(new Array(20_000).fill(1.5))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}
