// hazard: logs proxies, of which every trap throws
// expect: completed
// output: "done"
// logs: 5
export default () => {
  const traps = Object.fromEntries(
    Object.getOwnPropertyNames(Reflect).map((name) => [
      name,
      () => {
        throw new Error(name)
      },
    ]),
  )
  console.log(new Proxy({}, traps))
  console.log(new Proxy([], traps))
  console.log(new Proxy(() => 1, traps))
  console.error(new Proxy(new Error('x'), traps))
  sdk.log.info(new Proxy({}, traps), new Proxy({}, traps))
  return 'done'
}
