// hazard: a stack with frames of files that it has never seen
// expect: script_error
// message: forged
export default () => {
  const error = new Error('forged')
  const frames = [
    'node:internal/process:1:1',
    '/etc/passwd:1:1',
    'pscript.ts:7:7',
    'forged-frames.js:99999999999:1',
    'forged-frames.js:0:0',
  ]
  error.stack = `Error: forged\n${frames.map((frame) => `    at secret (${frame})`).join('\n')}`
  throw error
}
