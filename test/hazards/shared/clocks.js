// hazard: clocks that are fine enough to watch others by
// expect: completed
// output: [true,"undefined"]
export default () => {
  const steps = new Set()
  for (let count = 0; count < 20_000; count += 1) steps.add(Date.now() % 1)
  return [steps.size === 1, typeof SharedArrayBuffer]
}
