// hazard: assigns to what inherits from built-in objects, in every way in which the assignment could slip up
// expect: completed
// output: "[object Object]"
export default () => {
  const found = String({})
  const heir = Object.create(Object.prototype)
  heir.toString = () => 'pwned'
  Reflect.set({}, 'toString', () => 'pwned', Object.create(heir))
  try {
    Reflect.set({}, 'toString', () => 'pwned', Object.prototype)
  } catch {}
  try {
    super_.set.call(Object.prototype)
  } catch {}
  const trick = {
    __proto__: Object.prototype,
    plant() {
      super.valueOf = () => 'pwned'
    },
  }
  trick.plant()
  try {
    trick.plant.call(Object.prototype)
  } catch {}
  const proxy = new Proxy(Object.prototype, {})
  try {
    proxy.toString = () => 'pwned'
  } catch {}
  return found
}
