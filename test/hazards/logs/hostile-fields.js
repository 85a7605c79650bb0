// hazard: fields with the names of prototypes, deep ones, and ones that are no fields
// expect: completed
// output: "done"
// logs: 8
export default () => {
  let deep = {}
  for (let depth = 0; depth < 1000; depth += 1) deep = { deep }
  sdk.log.info('proto', JSON.parse('{"__proto__":{"pwned":1},"constructor":{"prototype":{"pwned":1}}}'))
  sdk.log.info('deep', deep)
  sdk.log.info('array', [1, 2])
  sdk.log.info('text', 'fields')
  sdk.log.info('bigint', { n: 1n })
  sdk.log.info('function', () => 1)
  sdk.log.info('date', new Date(0))
  sdk.log.info('level', { level: 'fatal', at: -1, message: 'pwned', time: 'never' })
  return 'done'
}
