// hazard: replaces toString of functions and hopes that something outside calls it
// expect: completed
// output: "contained"
export default async () => {
  let asked = 0
  const spy = function () {
    asked += 1
    return 'function () { [native code] }'
  }
  try {
    Function.prototype.toString = spy
  } catch {}
  console.log(() => 1, class {})
  await sdk.cache.get('key', () => 1)
  return asked === 0 ? 'contained' : asked
}
