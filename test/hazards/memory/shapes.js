// hazard: objects of which no two are alike, with names that V8 keeps
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  const object = {}
  for (let count = 0; ; count += 1) object[`name ${count}`] = { [`inner ${count}`]: count }
}
