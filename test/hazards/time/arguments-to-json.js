// hazard: gives a call an argument whose toJSON loops
// expect: timeout
// limits: {"wallMs": 150}
// calls: 0
export default () =>
  sdk.cache.set('key', {
    toJSON() {
      for (;;);
    },
  })
