// hazard: elements far apart, so that each costs an entry of a table
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  const sparse = []
  for (let index = 0; ; index = (index + 104_729) % 4_294_967_291) sparse[index] = index
}
