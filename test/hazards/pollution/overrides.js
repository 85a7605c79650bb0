// hazard: uses the setters that let ordinary code override a built-in property, on the built-in object itself
// expect: completed
// output: ["[object Object]","1,2","Error: x"]
export default () => {
  const found = [String({}), String([1, 2]), String(new Error('x'))]
  const targets = [
    Object.prototype,
    Array.prototype,
    Error.prototype,
    Function.prototype,
    globalThis,
    Math,
    sdk,
    1,
    undefined,
  ]
  for (const owner of [Object.prototype, Array.prototype, Error.prototype, Function.prototype]) {
    for (const key of Reflect.ownKeys(owner)) {
      const { set } = Reflect.getOwnPropertyDescriptor(owner, key)
      for (const target of targets) {
        if (target === globalThis || key === '__proto__') continue
        try {
          set.call(target, () => 'pwned')
        } catch {}
      }
    }
  }
  return found
}
