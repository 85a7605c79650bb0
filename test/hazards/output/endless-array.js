// hazard: a proxy that is an array of nine quadrillion values
// expect: output_not_serializable
// message: Invalid string length
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () =>
  new Proxy([], {
    get: (_target, key) => (key === 'length' ? Number.MAX_SAFE_INTEGER : key === 'toJSON' ? undefined : 1),
  })
