// hazard: an output whose getter loops while it becomes JSON
// expect: timeout
// limits: {"wallMs": 150}
export default () => ({
  get value() {
    for (;;);
  },
})
