// hazard: proxies of proxies
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  let object = {}
  for (;;) object = new Proxy({ object }, { get: () => object })
}
