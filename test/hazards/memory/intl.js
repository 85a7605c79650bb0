// hazard: formats of Intl, which live in a library below V8 and weigh next to nothing on the heap
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 30000, "cpuMs": 30000}
export default () => {
  const kept = []
  for (;;) kept.push(new Intl.DateTimeFormat('de', { dateStyle: 'full', timeZone: 'Europe/Berlin' }))
}
