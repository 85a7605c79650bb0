// hazard: microtasks that queue microtasks, so that the event loop is never reached
// expect: timeout
// limits: {"wallMs": 150}
export default () =>
  new Promise(() => {
    const again = () => queueMicrotask(again)
    again()
  })
