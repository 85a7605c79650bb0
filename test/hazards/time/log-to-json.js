// hazard: logs an object whose toJSON loops
// expect: timeout
// limits: {"wallMs": 150}
export default () => {
  console.log({
    toJSON() {
      for (;;);
    },
  })
}
