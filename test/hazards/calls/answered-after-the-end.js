// hazard: an answer that comes when its execution is over wakes code that calls again
// expect: completed
// output: "over"
// answers: after the end
// calls: 20
export default () => {
  for (let count = 0; count < 20; count += 1) {
    sdk.cache.get('key').then(() => {
      globalThis.pwned = 'pwned'
      console.log('pwned')
      return sdk.cache.set('pwned', 1)
    })
  }
  return 'over'
}
