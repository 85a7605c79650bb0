// hazard: a promise that is to be resolved with itself, through others
// expect: script_error
// message: Chaining cycle detected for promise
export default async () => {
  const { promise, resolve } = Promise.withResolvers()
  const self = promise.then(() => self)
  resolve(1)
  return await self
}
