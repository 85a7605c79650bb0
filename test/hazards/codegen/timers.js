// hazard: text for timers to run
// expect: completed
// output: [true,true,"undefined"]
export default async () => {
  const found = [setTimeout, setInterval].map((set) => {
    try {
      return set('globalThis.pwned = 7', 0)
    } catch (error) {
      return error instanceof TypeError
    }
  })
  await new Promise((resolve) => setTimeout(resolve, 5))
  return [...found, typeof globalThis.pwned]
}
