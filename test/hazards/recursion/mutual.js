// hazard: methods, getters, setters and conversions that call each other
// expect: script_error
// message: Maximum call stack size exceeded
export default () => {
  const object = {
    get a() {
      return this.b()
    },
    b() {
      return `${this}`
    },
    toString() {
      this.c = 1
      return 'c'
    },
    set c(_) {
      void this.a
    },
  }
  return object.a
}
