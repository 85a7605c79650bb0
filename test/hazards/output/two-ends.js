// hazard: ends by an output while an error is on its way
// expect: completed
// output: "first"
export default async () => {
  setTimeout(() => {
    throw new Error('second')
  }, 0)
  return 'first'
}
