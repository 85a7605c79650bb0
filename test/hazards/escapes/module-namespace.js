// hazard: changes the module that it imports, and looks behind it
// expect: completed
// output: ["TypeError","TypeError","TypeError","undefined"]
import * as api from 'pgscript'
export default () => {
  const attempt = (action) => {
    try {
      return typeof action()
    } catch (error) {
      return error.name
    }
  }
  return [
    attempt(() => {
      api.pwned = 1
    }),
    attempt(() => {
      api.log.info = () => 'pwned'
    }),
    attempt(() => {
      api.sdk.cache.get = () => 'pwned'
    }),
    attempt(() => api.pwned),
  ]
}
