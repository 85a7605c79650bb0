// hazard: an output whose traps loop
// expect: timeout
// limits: {"wallMs": 250}
export default () => [
  new Proxy(
    {},
    {
      ownKeys() {
        for (;;);
      },
    },
  ),
]
