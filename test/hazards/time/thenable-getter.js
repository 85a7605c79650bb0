// hazard: loops in the getter of `then`, which is read when it returns
// expect: timeout
// limits: {"wallMs": 250}
export default () => ({
  get then() {
    for (;;);
  },
})
