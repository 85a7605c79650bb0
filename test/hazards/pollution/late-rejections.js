// hazard: rejections that nobody handles, the reading of which runs its code when it is over
// expect: completed
// output: "over"
// logs: 0
export default () => {
  const plant = (depth) =>
    Promise.reject({
      get message() {
        queueMicrotask(() => {
          console.log('pwned')
          globalThis.pwned = 'pwned'
          if (depth < 3) plant(depth + 1)
        })
        return 'pwned'
      },
      get stack() {
        sdk.cache.set('pwned', 1)
        return 'pwned'
      },
    })
  plant(0)
  return 'over'
}
