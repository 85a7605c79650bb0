// hazard: leaves generators half-way, and changes the prototypes that all of them have
// expect: completed
// output: ["undefined","undefined","undefined",1]
function* numbers() {
  let number = 0
  for (;;) yield (number += 1)
}
const running = numbers()
export default () => {
  const found = [
    typeof running.pwned,
    typeof (function* () {})().pwned,
    typeof (async function* () {})().pwned,
    running.next().value,
  ]
  for (const make of [function* () {}, async function* () {}]) {
    const prototype = Object.getPrototypeOf(make)
    for (const object of [prototype, prototype.prototype, Object.getPrototypeOf(prototype.prototype)]) {
      try {
        object.pwned = 'pwned'
      } catch {}
      try {
        object.next = () => ({ done: true, value: 'pwned' })
      } catch {}
    }
  }
  return found
}
