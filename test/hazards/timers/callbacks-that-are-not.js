// hazard: callbacks that are proxies, classes, asynchronous, or change how they are called
// expect: completed
// output: ["proxied","async"]
export default async () => {
  const seen = []
  const call = () => 1
  call.apply = call.call = () => seen.push('pwned')
  setTimeout(call, 0)
  setTimeout(new Proxy(() => seen.push('proxied'), {}), 0)
  setTimeout(async () => {
    seen.push('async')
    throw new Error('unseen')
  }, 0)
  await new Promise((resolve) => setTimeout(resolve, 20))
  return seen
}
