// hazard: has the node answer with names that change prototypes where they are merged
// expect: completed
// output: "undefined"
export default async () => {
  await sdk.cache.set(JSON.parse('{"__proto__":{"pwned":1},"toJSON":1}'), ['\u2028\ud800'])
  return typeof {}.pwned
}
