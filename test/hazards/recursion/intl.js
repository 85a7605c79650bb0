// hazard: locales and options that are read by getters which make formats of themselves
// expect: script_error
// message: Maximum call stack size exceeded
export default () => {
  const options = {
    get style() {
      return new Intl.NumberFormat('en', options).format(1)
    },
  }
  return new Intl.NumberFormat('en', options).format(1)
}
