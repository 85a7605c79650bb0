// hazard: looks for a foreign world behind the errors that the library throws
// expect: completed
// output: []
// limits: {"hostCalls": 1}
export default async () => {
  const errors = []
  const attempt = async (action) => {
    try {
      await action()
    } catch (error) {
      errors.push(error)
    }
  }
  await attempt(() => sdk.cache.get('one'))
  await attempt(() => sdk.cache.get('too many'))
  await attempt(() => sdk.cache.get(1n))
  await attempt(() => setTimeout('x'))
  await attempt(() => queueMicrotask('x'))
  await attempt(() => eval('1'))
  await attempt(() => new ArrayBuffer(-1))
  await attempt(() => new ArrayBuffer(2 ** 53))
  await attempt(() => null.x)
  await attempt(() => new Array(-1))
  await attempt(() => 'x'.repeat(-1))
  await attempt(() => new Intl.DateTimeFormat('!'))
  await attempt(() =>
    (function down() {
      down()
    })(),
  )
  const strange = errors.filter(
    (error) => !(error instanceof Error) || error.constructor.constructor !== Function,
  )
  return errors.length < 10 ? ['too few'] : strange.map(String)
}
