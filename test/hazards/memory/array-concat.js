// hazard: an array that doubles
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  let array = [1]
  for (;;) array = array.concat(array)
}
