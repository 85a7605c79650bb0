// hazard: subclasses of the constructors of functions
// expect: completed
// output: [true,true,true]
export default () =>
  [Function, (async () => 1).constructor, function* () {}.constructor].map((parent) => {
    try {
      class Child extends parent {}
      return new Child('return 7')()
    } catch (error) {
      return error instanceof TypeError
    }
  })
