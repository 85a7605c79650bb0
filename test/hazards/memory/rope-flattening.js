// hazard: a text of half a gigabyte that costs nothing until somebody looks at one of its characters
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  let rope = 'x'.repeat(1000)
  while (rope.length < 2 ** 28) rope += rope
  return /y/.test(rope)
}
