// hazard: logs objects that contain themselves, as message and as fields
// expect: completed
// output: "done"
// logs: 3
export default () => {
  const cyclic = {}
  cyclic.cyclic = cyclic
  console.log(cyclic)
  sdk.log.info('fields', cyclic)
  sdk.log.warn(cyclic, cyclic)
  return 'done'
}
