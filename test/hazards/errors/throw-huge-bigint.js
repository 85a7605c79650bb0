// hazard: throws a number of a hundred thousand digits
// expect: script_error
// message: 1000000
// limits: {"cpuMs": 15000, "wallMs": 20000}
export default () => {
  throw 10n ** 100_000n
}
