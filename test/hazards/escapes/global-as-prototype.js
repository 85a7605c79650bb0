// hazard: puts a proxy into the chain of prototypes of what it was given
// expect: completed
// output: ["undefined",true,"undefined","undefined"]
export default async () => {
  const trap = new Proxy({}, { get: () => 'pwned', has: () => true })
  const worked = []
  for (const object of [Object.prototype, Object.getPrototypeOf(globalThis), sdk, sdk.cache, sdk.log]) {
    try {
      worked.push(Object.setPrototypeOf(object, trap))
    } catch {}
  }
  for (const object of [Function.prototype, Array.prototype, Promise.prototype, Math, JSON]) {
    try {
      Object.setPrototypeOf(object, trap)
    } catch {}
  }
  await sdk.cache.get('key')
  return [typeof {}.planted, worked.length < 2, typeof sdk.planted, typeof sdk.cache.planted]
}
