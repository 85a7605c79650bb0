// hazard: an output whose toJSON loops
// expect: timeout
// limits: {"wallMs": 250}
export default () => ({
  toJSON() {
    for (;;);
  },
})
