// hazard: a message and a name that end lines, move the cursor and are half a character
// expect: script_error
// message: \u0000
export default () => {
  const error = new Error('\\u0000 \0\r\n    at pwned (node:fs:1:1)\u001b[2J\ud800')
  error.name = 'A\nB: \u0007'
  delete error.stack
  throw error
}
