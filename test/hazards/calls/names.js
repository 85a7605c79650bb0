// hazard: calls by names that are no calls
// expect: completed
// output: []
// calls: 0
export default async () => {
  const worked = []
  for (const part of [sdk, sdk.cache, sdk.db, sdk.log]) {
    for (const name of [
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      '__defineGetter__',
      'then',
      'apply',
      'eval',
      '',
      '*',
      'query\u0000',
      '../query',
      'get.get',
    ]) {
      try {
        const found = part[name]
        if (typeof found !== 'function' || Object.hasOwn(Object.prototype, name)) continue
        await found('pwned')
        worked.push(name)
      } catch {}
    }
  }
  return worked
}
