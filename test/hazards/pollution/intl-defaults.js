// hazard: changes what formats are without being asked: language, zone, and the methods behind them
// expect: completed
// output: ["en-US","UTC","1,234.5"]
export default () => {
  const { locale, timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  const found = [locale, timeZone, (1234.5).toLocaleString()]
  for (const leave of [
    () => {
      Intl.DateTimeFormat.prototype.resolvedOptions = () => ({ locale: 'pwned' })
    },
    () => {
      Intl.NumberFormat = class {}
    },
    () => {
      Number.prototype.toLocaleString = () => 'pwned'
    },
    () => {
      Date.prototype.toLocaleString = () => 'pwned'
    },
    () => {
      Intl.pwned = 'pwned'
    },
    () => {
      new Intl.NumberFormat().format.pwned = 'pwned'
    },
  ]) {
    try {
      leave()
    } catch {}
  }
  return found
}
