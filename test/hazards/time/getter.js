// hazard: an output whose getter loops while it becomes JSON
// expect: timeout
// limits: {"wallMs": 250}
export default () => ({
  get value() {
    for (;;);
  },
})
