// hazard: rejections whose reading makes the next one, without end
// expect: completed
// output: "over"
export default () => {
  const again = () =>
    Promise.reject({
      get message() {
        queueMicrotask(again)
        globalThis.pwned = 'pwned'
        return 'pwned'
      },
    })
  again()
  return 'over'
}
