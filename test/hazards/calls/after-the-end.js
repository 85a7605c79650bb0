// hazard: calls when its execution is over
// expect: completed
// output: "over"
// calls: 0
export default () => {
  const late = async () => {
    for (let step = 0; step < 200; step += 1) await null
    await sdk.cache.set('late', 'pwned').catch(() => sdk.cache.set('late again', 'pwned'))
  }
  late()
  return 'over'
}
