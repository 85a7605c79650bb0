// hazard: constructors, fields and static blocks that make one another
// expect: script_error
// message: Maximum call stack size exceeded
class Nested {
  inner = new Nested()
}
export default () => new Nested()
