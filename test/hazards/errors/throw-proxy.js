// hazard: throws a proxy, of which every trap throws
// expect: script_error
// message: A value that is not an Error was thrown
export default () => {
  throw new Proxy(
    {},
    new Proxy(
      {},
      {
        get: () => () => {
          throw new Error('trap')
        },
      },
    ),
  )
}
