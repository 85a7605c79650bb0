// hazard: sets timers at each depth near the end of the stack; one of them dies between its entry and its alarm
// expect: completed
// output: "rang"
export default async () => {
  let fuel = 200
  const down = (wait) => {
    try {
      down(wait)
    } catch {}
    if (fuel > 0) {
      fuel -= 1
      try {
        setTimeout(() => 1, wait())
      } catch {}
    }
  }
  down(() => 1 + fuel / 100)
  fuel = 200
  down(() => 1 + fuel / 100)
  return await new Promise((resolve) => setTimeout(resolve, 20, 'rang'))
}
