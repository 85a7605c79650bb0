// hazard: proxies as arguments of calls, whose traps look who asks
// expect: completed
// output: []
export default async () => {
  const strangers = []
  const look = (...values) => {
    for (const value of values) {
      if (typeof value !== 'object' && typeof value !== 'function') continue
      if (value !== null && !(value instanceof Object) && Object.getPrototypeOf(value) !== null)
        strangers.push('stranger')
    }
  }
  const spy = (target) =>
    new Proxy(
      target,
      Object.fromEntries(
        Reflect.ownKeys(Reflect)
          .filter((name) => typeof name === 'string')
          .map((trap) => [
            trap,
            (...given) => {
              look(...given)
              return Reflect[trap](...given)
            },
          ]),
      ),
    )
  await sdk.cache.set('key', spy({ a: spy([1, spy({})]) }))
  await sdk.cache
    .set(
      'key',
      spy(() => 1),
    )
    .catch(look)
  console.log(spy({ a: 1 }), spy([]), spy(new Error('x')))
  sdk.log.info(spy({}), spy({ field: 1 }))
  setTimeout(
    spy(() => 1),
    spy({}),
  )
  return strangers
}
