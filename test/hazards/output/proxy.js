// hazard: a proxy that pretends to be an array, and lies about its length
// expect: completed
// output: [0,1,2]
export default () =>
  new Proxy([], {
    get: (_target, key) => (key === 'length' ? 3 : key === 'toJSON' ? undefined : Number(key)),
  })
