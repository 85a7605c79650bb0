// hazard: lines that are short in characters and long in bytes
// expect: completed
// output: "done"
// logs: cut
export default () => {
  for (let count = 0; count < 50; count += 1) console.log('😀'.repeat(100))
  return 'done'
}
