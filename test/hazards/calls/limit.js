// hazard: calls until it is refused, and then goes on calling
// expect: completed
// output: [20,"api_call_limit",80]
// calls: 20
export default async () => {
  let answered = 0
  let refused = 0
  let code
  for (let count = 0; count < 100; count += 1) {
    try {
      await sdk.cache.get('key')
      answered += 1
    } catch (error) {
      refused += 1
      code = error.code
    }
  }
  return [answered, code, refused]
}
