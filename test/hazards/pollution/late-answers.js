// hazard: calls whose answers come when it is over and another execution is running
// expect: completed
// output: "over"
// answers: after the end
// calls: 3
export default () => {
  const plant = () => {
    console.log('pwned')
    globalThis.pwned = 'pwned'
    return sdk.cache.set('pwned', 1)
  }
  for (const key of ['a', 'b', 'c']) sdk.cache.get(key).then(plant, plant)
  return 'over'
}
