// hazard: throws an object whose `stack` loops when it is read
// expect: timeout
// limits: {"wallMs": 150}
export default () => {
  throw {
    message: 'read me',
    get stack() {
      for (;;);
    },
  }
}
