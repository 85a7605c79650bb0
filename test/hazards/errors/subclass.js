// hazard: a subclass whose constructor, name and species do what they like
// expect: script_error
// message: mine
export default () => {
  class Mine extends Error {
    static [Symbol.hasInstance]() {
      throw new Error('never')
    }
    get name() {
      throw new Error('no name')
    }
    get [Symbol.toStringTag]() {
      throw new Error('no tag')
    }
  }
  throw new Mine('mine')
}
