// hazard: a regular expression that backtracks without end
// expect: timeout
// limits: {"wallMs": 150}
export default () => /^(a+)+$/.test(`${'a'.repeat(50)}b`)
