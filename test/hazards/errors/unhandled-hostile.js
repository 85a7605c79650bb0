// hazard: rejections that nobody handles, with values that are hostile to whoever reads them
// expect: completed
// output: "done"
export default async () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  for (const value of [
    null,
    undefined,
    Symbol('x'),
    proxy,
    Object.create(null),
    () => 1,
    new Proxy(new Error('x'), {
      get() {
        throw new Error('trap')
      },
    }),
    {
      toString: 7,
      get message() {
        throw new Error('no')
      },
    },
  ]) {
    Promise.reject(value)
    await null
  }
  await new Promise((resolve) => setTimeout(resolve, 5))
  return 'done'
}
