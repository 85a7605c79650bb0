// hazard: handlers of promises that go on when one is stopped
// expect: timeout
// limits: {"wallMs": 150}
export default () =>
  new Promise(() => {
    const spin = () => {
      for (;;);
    }
    for (let count = 0; count < 10; count += 1) Promise.resolve().then(spin).catch(spin).finally(spin)
  })
