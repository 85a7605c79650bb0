// hazard: logs as much as it can and then fails
// expect: script_error
// message: after the flood
// logs: cut
export default () => {
  for (let count = 0; count < 10_000; count += 1) console.log(`line ${count}`)
  throw new Error('after the flood')
}
