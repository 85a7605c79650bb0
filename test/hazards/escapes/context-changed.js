// hazard: changes the context that says who it is
// expect: completed
// output: true
export default (_input, context) => {
  const before = JSON.stringify(context)
  for (const change of [
    () => {
      context.tenant = 'pwned'
    },
    () => Object.defineProperty(context, 'pwned', { value: 1 }),
    () => Object.setPrototypeOf(context, { pwned: 1 }),
  ]) {
    try {
      change()
    } catch {}
  }
  return before === JSON.stringify(context) && context.pwned === undefined
}
