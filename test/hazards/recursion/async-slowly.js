// hazard: an asynchronous function that waits before it calls itself, so that no stack ever grows
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default async () => {
  const down = async () => {
    await null
    return (await down()) + 1
  }
  return await down()
}
