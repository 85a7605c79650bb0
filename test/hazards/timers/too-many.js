// hazard: as many timers as it can set
// expect: timer_limit
// message: At most 1000 timers may wait at a time
export default () => {
  for (;;) setTimeout(() => 1, 1e6)
}
