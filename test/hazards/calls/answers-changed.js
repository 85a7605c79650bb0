// hazard: changes answers, and the objects in them, before it asks again
// expect: completed
// output: true
// calls: 2
export default async () => {
  const first = await sdk.cache.get('key')
  const before = JSON.stringify(first)
  try {
    first.name = 'pwned'
    first.args.length = 0
    Object.setPrototypeOf(first, { pwned: 1 })
  } catch {}
  return JSON.stringify(await sdk.cache.get('key')) === before
}
