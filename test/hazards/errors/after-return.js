// hazard: throws and rejects when it has returned
// expect: completed
// output: "returned"
export default () => {
  setTimeout(() => {
    throw new Error('after the end')
  }, 0)
  queueMicrotask(() => {
    throw new Error('after the end')
  })
  Promise.resolve().then(() => Promise.reject(new Error('after the end')))
  return 'returned'
}
