// hazard: loops while what it used is disposed of
// expect: timeout
// limits: {"wallMs": 150}
export default () => {
  const stack = new DisposableStack()
  stack.defer(() => {
    for (;;);
  })
  try {
    stack.dispose()
  } finally {
    for (;;);
  }
}
