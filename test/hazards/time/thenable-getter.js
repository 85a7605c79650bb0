// hazard: loops in the getter of `then`, which is read when it returns
// expect: timeout
// limits: {"wallMs": 150}
export default () => ({
  get then() {
    for (;;);
  },
})
