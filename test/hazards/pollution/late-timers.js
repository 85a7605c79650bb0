// hazard: timers that are to go off when it is over
// expect: completed
// output: "undefined"
export default () => {
  const found = typeof globalThis.pwned
  const plant = () => {
    console.log('pwned')
    globalThis.pwned = 'pwned'
    sdk.cache.set('pwned', 1)
  }
  for (let wait = 0; wait < 30; wait += 1) setTimeout(plant, wait)
  setInterval(plant, 1)
  return found
}
