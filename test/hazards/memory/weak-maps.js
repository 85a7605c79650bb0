// hazard: weak keys that are not weak, for the values hold them
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  const weak = new WeakMap()
  const root = {}
  weak.set(root, root)
  for (let key = root; ; ) {
    const next = { key }
    weak.set(key, next)
    weak.set(next, new Array(20).fill(root))
    root.last = key = next
  }
}
