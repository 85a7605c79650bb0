// hazard: changes the script API and its error classes
// expect: completed
// output: ["function","undefined","PermanentError"]
export default () => {
  const found = [typeof sdk.cache.get, typeof sdk.pwned, new sdk.PermanentError('x').name]
  const waiting = [sdk, console]
  for (const object of waiting) {
    for (const key of Reflect.ownKeys(object)) {
      const value = object[key]
      if (typeof value === 'object' && value !== null && !waiting.includes(value)) waiting.push(value)
      for (const leave of [
        () => {
          value.pwned = 'pwned'
        },
        () => {
          value.prototype.pwned = 'pwned'
        },
        () => {
          object[key] = () => 'pwned'
        },
      ]) {
        try {
          leave()
        } catch {}
      }
    }
  }
  return found
}
