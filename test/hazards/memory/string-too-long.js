// hazard: texts longer than V8 allows
// expect: completed
// output: ["Invalid string length","Invalid string length","Invalid count value: Infinity"]
export default () =>
  [() => 'x'.repeat(2 ** 30), () => 'x'.padEnd(2 ** 31, 'y'), () => 'x'.repeat(Infinity)].map((make) => {
    try {
      return make().length
    } catch (error) {
      return error.message
    }
  })
