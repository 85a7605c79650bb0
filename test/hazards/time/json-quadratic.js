// hazard: an output of shared parts that becomes two to the power of forty of them
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  let tree = ['leaf']
  for (let depth = 0; depth < 40; depth += 1) tree = [tree, tree]
  return tree
}
