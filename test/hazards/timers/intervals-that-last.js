// hazard: an interval whose callback takes longer than the interval
// expect: completed
// output: 5
export default () =>
  new Promise((resolve) => {
    let rung = 0
    const interval = setInterval(() => {
      for (const end = Date.now() + 8; Date.now() < end; );
      rung += 1
      if (rung < 5) return
      clearInterval(interval)
      resolve(rung)
    }, 1)
  })
