// hazard: sets timers of one time near the end of the stack; the first of them dies on the way to its alarm
// expect: completed
// output: "rang"
export default async () => {
  let fuel = 200
  const down = () => {
    try {
      down()
    } catch {}
    if (fuel > 0) {
      fuel -= 1
      try {
        setTimeout(() => 1, 1)
      } catch {}
    }
  }
  down()
  return await new Promise((resolve) => setTimeout(resolve, 20, 'rang'))
}
