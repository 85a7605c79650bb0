// hazard: a proxy that is an array of nine quadrillion values
// expect: output_not_serializable
// message: output has more than 5500000 values
export default () =>
  new Proxy([], {
    get: (_target, key) => (key === 'length' ? Number.MAX_SAFE_INTEGER : key === 'toJSON' ? undefined : 1),
  })
