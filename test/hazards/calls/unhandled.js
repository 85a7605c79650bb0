// hazard: thousands of calls whose refusals nobody handles
// expect: completed
// output: "done"
// calls: 20
export default () => {
  for (let count = 0; count < 5000; count += 1) sdk.cache.get('key')
  return new Promise((resolve) => setTimeout(resolve, 5, 'done'))
}
