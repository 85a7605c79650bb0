// hazard: stops the clock for those who come later
// expect: completed
// output: [true,true,true]
export default () => {
  const now = Date.now()
  const found = [
    now > 1.6e12,
    Math.abs(new Date() - now) < 5000,
    new Date(0).toISOString() === '1970-01-01T00:00:00.000Z',
  ]
  for (const leave of [
    () => {
      Date.now = () => 0
    },
    () => {
      globalThis.Date = class pwned {}
    },
    () => {
      Date.prototype.constructor = class pwned {}
    },
    () => {
      Temporal.Now.instant = () => 'pwned'
    },
    () => {
      Date.prototype[Symbol.toPrimitive] = () => 'pwned'
    },
  ]) {
    try {
      leave()
    } catch {}
  }
  return found
}
