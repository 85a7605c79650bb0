// hazard: microtasks that queue microtasks, so that the event loop is never reached
// expect: timeout
// limits: {"wallMs": 250}
export default () =>
  new Promise(() => {
    const again = () => queueMicrotask(again)
    again()
  })
