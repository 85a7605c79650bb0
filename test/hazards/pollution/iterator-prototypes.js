// hazard: changes the prototypes that only syntax and built-in methods lead to
// expect: completed
// output: 0
export default () => {
  const objects = () => [
    [].values(),
    new Map().keys(),
    new Set().keys(),
    ''[Symbol.iterator](),
    'a'.matchAll(/a/g),
    [].values().map((value) => value),
    Iterator.from({ next: () => ({ done: true }) }),
    new Intl.Segmenter().segment('a'),
    new Intl.Segmenter().segment('a')[Symbol.iterator](),
    (async () => 1)(),
    async () => 1,
    Object.getPrototypeOf(Int8Array),
    new (class extends Promise {})(() => {}),
  ]
  const found = objects().filter((object) => 'pwned' in object).length
  for (const object of objects()) {
    for (
      let prototype = Object.getPrototypeOf(object);
      prototype !== null;
      prototype = Object.getPrototypeOf(prototype)
    ) {
      try {
        prototype.pwned = 'pwned'
      } catch {}
    }
  }
  return found
}
