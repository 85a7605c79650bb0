// hazard: logs fields with an object whose toJSON loops
// expect: timeout
// limits: {"wallMs": 150}
export default () => {
  sdk.log.info('fields', {
    toJSON() {
      for (;;);
    },
  })
}
