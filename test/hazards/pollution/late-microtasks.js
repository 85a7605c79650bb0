// hazard: microtasks that go on when it is over
// expect: completed
// output: "over"
// logs: 0
export default () => {
  const plant = async () => {
    for (let step = 0; step < 5000; step += 1) await null
    console.log('pwned')
    globalThis.pwned = 'pwned'
    setTimeout(() => console.log('pwned'), 1)
    await sdk.cache.set('pwned', 1)
  }
  plant().catch(plant)
  return 'over'
}
