// hazard: loops in a timer, when its function has long returned a promise
// expect: timeout
// limits: {"wallMs": 150}
export default () =>
  new Promise(() => {
    setTimeout(() => {
      for (;;);
    }, 1)
  })
