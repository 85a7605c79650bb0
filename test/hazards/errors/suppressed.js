// hazard: errors while disposing of resources, each of which hides the one before
// expect: script_error
// message: An error was suppressed during disposal
export default () => {
  const stack = new DisposableStack()
  for (let count = 0; count < 1000; count += 1)
    stack.defer(() => {
      throw new Error(`disposal ${count}`)
    })
  stack.dispose()
}
