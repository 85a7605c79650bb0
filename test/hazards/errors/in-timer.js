// hazard: throws a hostile value in a timer
// expect: script_error
// message: A value that is not an Error was thrown
export default () =>
  new Promise(() => {
    setTimeout(() => {
      throw new Proxy(() => 1, {
        get() {
          throw new Error('trap')
        },
      })
    }, 1)
  })
