// hazard: promises of calls that never settle for whoever awaits them
// expect: timeout
// limits: {"wallMs": 150}
export default async () => {
  const answer = sdk.cache.get('key')
  Object.defineProperty(answer, 'then', { value: () => 1 })
  await { then: answer.then }
}
