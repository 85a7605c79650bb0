// hazard: timers within timers, a thousand deep
// expect: completed
// output: 300
// limits: {"cpuMs": 15000, "wallMs": 20000}
export default () =>
  new Promise((resolve) => {
    const nest = (depth) => setTimeout(() => (depth === 300 ? resolve(depth) : nest(depth + 1)))
    nest(1)
  })
