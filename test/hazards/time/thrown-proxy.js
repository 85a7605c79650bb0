// hazard: throws a proxy whose traps loop
// expect: timeout
// limits: {"wallMs": 150}
export default () => {
  throw new Proxy(new Error('x'), {
    get() {
      for (;;);
    },
    getPrototypeOf() {
      for (;;);
    },
  })
}
