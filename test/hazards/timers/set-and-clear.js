// hazard: sets and clears timers for ever, each nearer than the last
// expect: timer_limit
// message: Too many timers were set at once
export default () => {
  for (let wait = 1e9; ; wait -= 1) clearTimeout(setTimeout(() => 1, wait))
}
