// hazard: returns a thenable that never says anything
// expect: timeout
// limits: {"wallMs": 200}
export default () => ({ then() {} })
