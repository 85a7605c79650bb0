// hazard: stamps private fields, which even a frozen object takes, onto what executions share
// expect: completed
// output: [false,false,false]
class Stamp extends function (object) {
  return object
} {
  #pwned = 'pwned'
  static on(object) {
    return #pwned in object
  }
}
export default () => {
  const shared = [Math, Object.prototype, Array.prototype]
  const found = shared.map((object) => Stamp.on(object))
  for (const object of shared) {
    try {
      new Stamp(object)
    } catch {}
  }
  return found
}
