// hazard: the constructors of asynchronous functions and generators, which have no names
// expect: completed
// output: [true,true,true,true,true,true]
export default () => {
  const makers = [async () => 1, function* () {}, async function* () {}].flatMap((made) => [
    made.constructor,
    Object.getPrototypeOf(made).constructor,
  ])
  return makers.map((make) => {
    try {
      return make('return 7')()
    } catch (error) {
      return error instanceof TypeError
    }
  })
}
