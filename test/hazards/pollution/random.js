// hazard: draws numbers until it could know the next ones, and replaces the function
// expect: completed
// output: [true,true]
export default () => {
  const drawn = new Set()
  for (let count = 0; count < 10_000; count += 1) drawn.add(Math.random())
  const found = [drawn.size === 10_000, [...drawn].every((number) => number >= 0 && number < 1)]
  try {
    Math.random = () => 0.5
  } catch {}
  try {
    Math.random.pwned = 'pwned'
  } catch {}
  return found
}
