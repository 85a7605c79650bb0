// hazard: asynchronous functions that all wait, each with its frame
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default async () => {
  const gate = new Promise(() => {})
  const wait = async (ballast) => {
    await gate
    return ballast
  }
  for (;;) wait(new Array(50).fill(0))
}
