// hazard: waits for ever before it has exported anything
// expect: timeout
// limits: {"wallMs": 120}
await new Promise(() => {})
export default () => 1
