// hazard: timers that clear each other, themselves, and set themselves again while they go off
// expect: completed
// output: [1,1,3]
export default () =>
  new Promise((resolve) => {
    const counts = [0, 0, 0]
    const first = setTimeout(() => {
      counts[0] += 1
      clearTimeout(first)
      clearTimeout(cleared)
    }, 1)
    const cleared = setTimeout(() => resolve('cleared rang'), 2)
    const interval = setInterval(() => {
      counts[1] += 1
      clearInterval(interval)
    }, 1)
    const again = setInterval(() => {
      counts[2] += 1
      if (counts[2] < 3) return
      clearInterval(again)
      resolve(counts)
    }, 1)
  })
