// hazard: a class in place of a function, which cannot be called
// expect: script_error
// message: Class constructor Callback cannot be invoked without 'new'
export default () => {
  class Callback {}
  return new Promise(() => setTimeout(Callback, 0))
}
