// hazard: reaches for the name by which the host hands over code
// expect: completed
// output: ["undefined","undefined","undefined",false,"TypeError","TypeError"]
export default () => {
  const attempt = (action) => {
    try {
      return typeof action()
    } catch (error) {
      return error.name
    }
  }
  const behind = Object.getPrototypeOf(globalThis)
  return [
    typeof $pgscript$,
    typeof globalThis.$pgscript$,
    typeof behind.$pgscript$,
    '$pgscript$' in globalThis,
    attempt(() => $pgscript$(() => () => 'pwned')),
    attempt(() => globalThis.$pgscript$(() => () => 'pwned')),
  ]
}
