// hazard: asks a lazy iterator for something that it does not have
// expect: timeout
// limits: {"wallMs": 150}
function* endless() {
  for (let number = 0; ; number += 1) yield number
}
export default () =>
  endless()
    .filter((number) => number < 0)
    .next()
