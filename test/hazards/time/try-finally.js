// hazard: goes on in `finally` when it is stopped
// expect: timeout
// limits: {"wallMs": 150}
export default () => {
  for (;;) {
    try {
      for (;;);
    } finally {
      continue
    }
  }
}
