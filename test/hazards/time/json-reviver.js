// hazard: a reviver that does not return
// expect: timeout
// limits: {"wallMs": 150}
export default () =>
  JSON.parse('{"a":1}', () => {
    for (;;);
  })
