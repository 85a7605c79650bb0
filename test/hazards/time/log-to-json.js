// hazard: logs an object whose toJSON loops
// expect: timeout
// limits: {"wallMs": 250}
export default () => {
  console.log({
    toJSON() {
      for (;;);
    },
  })
}
