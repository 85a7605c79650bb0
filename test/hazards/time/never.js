// hazard: a promise that never settles
// expect: timeout
// limits: {"wallMs": 120}
export default () => new Promise(() => {})
