// hazard: makes code of text by the constructor of everything that it was given
// expect: completed
// output: []
export default async (input, context) => {
  const api = Object.values(sdk).flatMap((part) => [part, ...Object.values(part)])
  const things = [globalThis, console, ...Object.values(console), sdk, ...api, input, context]
  things.push(setTimeout, clearTimeout, queueMicrotask, Promise.resolve(), sdk.cache.get('key'))
  things.push(
    await sdk.cache.get('key'),
    new sdk.PermanentError('x'),
    eval,
    Function,
    Symbol.for,
    Math.random,
    Date,
  )
  const worked = []
  for (const thing of things) {
    for (
      let object = thing, steps = 0;
      object != null && steps < 5;
      object = Object.getPrototypeOf(object), steps += 1
    ) {
      for (const make of [
        object.constructor,
        object.constructor?.constructor,
        object.constructor?.constructor?.constructor,
      ]) {
        for (const call of [
          () => make('return this')(),
          () => new make('return process')(),
          () => Reflect.construct(make, ['return 7'])(),
        ]) {
          try {
            const found = call()
            if (found === 7 || found?.process || found?.pid) worked.push(String(object))
          } catch {}
        }
      }
    }
  }
  return worked
}
