// hazard: a pattern that backtracks, in replaceAll, where a built-in function drives it
// expect: timeout
// limits: {"wallMs": 150}
export default () => `${'x'.repeat(60)}y`.replaceAll(/(x+x+)+$/g, 'z')
