// hazard: reads dates that are a million characters long
// expect: timeout
// limits: {"wallMs": 150, "cpuMs": 20000}
export default () => {
  const text = `${'('.repeat(100_000)}1${')'.repeat(100_000)}`
  for (;;) Date.parse(text)
}
