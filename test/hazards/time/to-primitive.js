// hazard: loops wherever a value is made text or a number by what it was given to
// expect: timeout
// limits: {"wallMs": 150}
export default () => {
  const slow = {
    [Symbol.toPrimitive]() {
      for (;;);
    },
  }
  setTimeout(() => 1, slow)
  clearTimeout(slow)
  console.log(slow)
  return Symbol.for(slow)
}
