// hazard: backtracks within a lookbehind, which runs backwards, and with references to what a group holds
// expect: timeout
// limits: {"wallMs": 150}
export default () =>
  /(?<=^(?<part>a*)*\k<part>b)c/.test(`${'a'.repeat(60)}xbc`) || /(?<=^(a|aa)+)c$/.test(`x${'a'.repeat(60)}c`)
