// hazard: replaces JSON and every toJSON, to have something else written than what it returns
// expect: completed
// output: {"returned":true}
export default () => {
  const restore = []
  for (const [object, name] of [
    [JSON, 'stringify'],
    [JSON, 'parse'],
    [String.prototype, 'slice'],
    [Number.prototype, 'toJSON'],
    [Boolean.prototype, 'toJSON'],
  ]) {
    try {
      const had = object[name]
      object[name] = () => '"pwned"'
      restore.push([object, name, had])
    } catch {}
  }
  return { returned: true }
}
