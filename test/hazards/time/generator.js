// hazard: spreads a generator that does not end, without keeping what it gives
// expect: timeout
// limits: {"wallMs": 150}
function* endless() {
  for (;;) yield
}
export default () => {
  for (const value of endless()) void value
}
