// hazard: makes V8 set up what it puts off to its first use when there is hardly any stack left for it
// expect: completed
// output: "contained"
export default () => {
  const firsts = [
    () => new Intl.Collator('de').compare('a', 'b'),
    () => new Intl.NumberFormat('de').format(1),
    () => new Intl.ListFormat('de').format(['a']),
    () => new Intl.Segmenter('de').segment('a')[Symbol.iterator]().next(),
    () => 'ä'.localeCompare('z'),
    () => 'İ'.toLocaleLowerCase('tr'),
    () => 'a'.normalize('NFD'),
    () => [...'a'.matchAll(/(?<x>a)/dg)],
    () => new Date(2020, 1).toLocaleString('de'),
    () => Temporal.PlainDate.from('2020-01-01').toString(),
    () =>
      Iterator.from([1])
        .map((value) => value)
        .toArray(),
    () => structuredClone?.({}),
    () => Array.fromAsync([1]),
    () => Promise.try(() => 1),
    () => new DisposableStack().move(),
    () => Object.groupBy([1], String),
    () =>
      class {
        static #p = 1
        static has(o) {
          return #p in o
        }
      }.has({}),
    () => ((strings) => strings.raw)`a${1}b`,
  ]
  for (const first of firsts) {
    let fuel = 80
    const down = () => {
      try {
        down()
      } catch {}
      if (fuel > 0) {
        fuel -= 1
        try {
          first()
        } catch {}
      }
    }
    down()
  }
  return new Intl.NumberFormat('en').format(1234) === '1,234' ? 'contained' : 'broken'
}
