// hazard: writes a number of millions of digits as decimal text
// expect: timeout
// limits: {"wallMs": 150, "cpuMs": 20000}
export default () => {
  const number = 7n ** 600_000n
  for (;;) String(number).length
}
