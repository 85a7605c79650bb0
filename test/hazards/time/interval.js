// hazard: intervals that keep it alive
// expect: timeout
// limits: {"wallMs": 120}
export default () =>
  new Promise(() => {
    for (let count = 0; count < 100; count += 1) setInterval(() => count, 0)
  })
