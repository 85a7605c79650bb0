// hazard: constructs and calls with foreign new.target, receivers and prototypes
// expect: completed
// output: []
export default () => {
  const worked = []
  for (const make of [eval, Function, ArrayBuffer, Date, sdk.PermanentError, Symbol, Promise, Proxy]) {
    for (const target of [Function, Object, Array, class extends Object {}, (() => 1).bind()]) {
      try {
        const made = Reflect.construct(make, ['return 7'], target)
        if (typeof made === 'function' && made() === 7) worked.push(make.name)
      } catch {}
    }
    for (const receiver of [globalThis, null, sdk, console]) {
      try {
        if (Reflect.apply(make, receiver, ['globalThis.process || 7']) === 7) worked.push(make.name)
      } catch {}
    }
  }
  return worked
}
