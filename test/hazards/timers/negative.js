// hazard: times that have passed, that are no times, and that never come
// expect: completed
// output: 9
export default () =>
  new Promise((resolve) => {
    let rung = 0
    const ring = () => {
      rung += 1
      if (rung === 9) resolve(rung)
    }
    const waits = [-1, -Infinity, NaN, undefined, null, '5', {}, Symbol('x'), 0.1]
    for (const wait of waits) setTimeout(ring, wait)
    const never = [Infinity, 1e300, 2 ** 53].map((wait) => setTimeout(resolve, wait, 'too soon'))
    setTimeout(() => never.forEach(clearTimeout), 1e6)
  })
