// hazard: fields that nest as deep as JSON may, and deeper than the node reads
// expect: completed
// output: "logged"
// logs: 3
export default () => {
  let deep = {}
  for (let level = 0; level < 400; level += 1) deep = { deep }
  sdk.log.info('deep', deep)
  sdk.log.info('list', { list: [[[[deep]]]] })
  console.log(deep)
  return 'logged'
}
