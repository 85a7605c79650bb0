// hazard: returns a thenable that never says anything
// expect: timeout
// limits: {"wallMs": 120}
export default () => ({ then() {} })
