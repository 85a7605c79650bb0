// hazard: a hundred thousand calls of which it awaits none
// expect: cpu_limit
// limits: {"memoryMb": 256, "cpuMs": 300, "wallMs": 20000}
export default async () => {
  for (let count = 0; count < 1_000_000; count += 1) sdk.cache.get('key').catch(() => 1)
  await new Promise((resolve) => setTimeout(resolve, 5))
  return 'done'
}
