// hazard: a thousand timers that set themselves again
// expect: timeout
// limits: {"wallMs": 150}
export default () =>
  new Promise(() => {
    const again = () => setTimeout(again)
    for (let count = 0; count < 900; count += 1) again()
  })
