// hazard: a promise that never settles
// expect: timeout
// limits: {"wallMs": 200}
export default () => new Promise(() => {})
