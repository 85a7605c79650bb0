// hazard: a message and a name that end lines, move the cursor and are half a character
// expect: script_error
// message: at pwned (nowhere:1:1)
export default () => {
  const error = new Error('\0\r\n    at pwned (nowhere:1:1)\u001b[2J\ud800')
  error.name = 'A\nB: \u0007'
  delete error.stack
  throw error
}
