// hazard: an output whose traps loop
// expect: timeout
// limits: {"wallMs": 150}
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
