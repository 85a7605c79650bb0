// hazard: characters that move the cursor of whoever reads the log, end lines, or are none
// expect: completed
// output: "done"
// logs: 5
export default () => {
  console.log('\u001b[2J\u001b[H\u001b]0;pwned\u0007')
  console.log('line\r\nGET /pwned HTTP/1.1\r\n\r\n')
  console.log('\0\u0001\u0008\u007f\u009b')
  console.log('\ud800 \udfff \u202egnp.exe')
  sdk.log.info('{"level":"error","message":"pwned"}\n{"level":"info"}', { '\0': '\0', '\u001b': '\n' })
  return 'done'
}
