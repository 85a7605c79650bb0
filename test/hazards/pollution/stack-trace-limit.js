// hazard: sets the length of stacks, for later ones to have none
// expect: completed
// output: 10
export default () => {
  const found = Error.stackTraceLimit
  try {
    Error.stackTraceLimit = 0
  } catch {}
  try {
    Object.defineProperty(Error, 'stackTraceLimit', { value: 'pwned', writable: false })
  } catch {}
  try {
    delete Error.stackTraceLimit
  } catch {}
  return found
}
