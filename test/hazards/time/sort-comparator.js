// hazard: a comparator that does not return
// expect: timeout
// limits: {"wallMs": 150}
export default () =>
  [3, 1, 2].sort(() => {
    for (;;);
  })
