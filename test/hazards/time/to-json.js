// hazard: an output whose toJSON loops
// expect: timeout
// limits: {"wallMs": 150}
export default () => ({
  toJSON() {
    for (;;);
  },
})
