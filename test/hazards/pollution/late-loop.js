// hazard: loops in a microtask that comes after its result
// expect: completed
// output: "over"
export default () => {
  Promise.resolve().then(async () => {
    for (let step = 0; step < 20; step += 1) await null
    globalThis.pwned = 'pwned'
    for (;;);
  })
  return 'over'
}
