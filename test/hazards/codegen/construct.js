// hazard: Reflect.construct with every constructor as the new target of the others
// expect: completed
// output: 0
export default () => {
  const makers = [
    Function,
    eval,
    (async () => 1).constructor,
    function* () {}.constructor,
    async function* () {}.constructor,
  ]
  let worked = 0
  for (const make of makers) {
    for (const target of [...makers, Object, Array, Date, Promise]) {
      try {
        if (Reflect.construct(make, ['return 7'], target)() === 7) worked += 1
      } catch {}
    }
  }
  return worked
}
