// hazard: joins four billion places of nothing
// expect: timeout
// limits: {"wallMs": 150}
export default () =>
  Array.prototype.includes.call(new Proxy([], { get: (_, key) => (key === 'length' ? 2 ** 50 : 0) }), 1)
