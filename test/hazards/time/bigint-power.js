// hazard: one operation on numbers of millions of digits
// expect: timeout
// limits: {"wallMs": 150, "cpuMs": 20000}
export default () => {
  let number = 3n ** 500_000n
  for (;;) number = (number * number) % 10n ** 400_000n
}
