// hazard: throws in a microtask, which no promise stands for
// expect: completed
// output: "went on"
export default async () => {
  queueMicrotask(() => {
    throw new Error('in a microtask')
  })
  await new Promise((resolve) => setTimeout(resolve, 5))
  return 'went on'
}
