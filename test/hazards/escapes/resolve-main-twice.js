// hazard: ends its execution more than once: by return, by error in a timer, by rejection
// expect: script_error
// message: in a timer
export default () =>
  new Promise((resolve, reject) => {
    setTimeout(() => {
      throw new Error('in a timer')
    }, 1)
    setTimeout(resolve, 1, 'returned')
    setTimeout(reject, 1, new Error('rejected'))
  })
