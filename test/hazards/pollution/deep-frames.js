// hazard: leaves hundreds of waiting functions, each with a reference to what is shared
// expect: completed
// output: "undefined"
export default () => {
  const found = typeof Math.pwned
  const gate = new Promise((resolve) => setTimeout(resolve, 5))
  const wait = async (depth) => {
    if (depth > 0) await wait(depth - 1)
    await gate
    try {
      Math.pwned = 'pwned'
    } catch {}
    globalThis.pwned = 'pwned'
  }
  for (let count = 0; count < 100; count += 1) wait(5)
  return found
}
