// hazard: makes the prototypes of answers thenable, so that whoever awaits them runs its code
// expect: completed
// output: "contained"
export default async () => {
  let ran = 0
  try {
    Object.defineProperty(Object.prototype, 'then', {
      configurable: true,
      get() {
        ran += 1
      },
    })
  } catch {}
  await sdk.cache.get('key')
  try {
    delete Object.prototype.then
  } catch {}
  return ran < 50 ? 'contained' : ran
}
