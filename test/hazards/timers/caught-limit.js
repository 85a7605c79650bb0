// hazard: catches the refusal and goes on setting timers
// expect: timeout
// limits: {"wallMs": 150}
export default () => {
  for (;;) {
    try {
      for (;;) setTimeout(() => 1, 1e6)
    } catch {}
  }
}
