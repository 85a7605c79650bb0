// hazard: a rejection that nobody handles, whose message loops when the library reads it
// expect: timeout
// limits: {"wallMs": 150}
export default () => {
  Promise.reject({
    get message() {
      for (;;);
    },
  })
  return new Promise(() => {})
}
