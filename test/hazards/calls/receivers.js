// hazard: calls functions of the API with other receivers, by new, and as methods of others
// expect: completed
// output: [true,true,true,"TypeError"]
// calls: 3
export default async () => {
  const { get } = sdk.cache
  const attempt = async (action) => {
    try {
      return (await action()) !== undefined
    } catch (error) {
      return error.name
    }
  }
  return [
    await attempt(() => get('key')),
    await attempt(() => get.call(null, 'key')),
    await attempt(() => ({ get }).get('key')),
    await attempt(() => new get('key')),
  ]
}
