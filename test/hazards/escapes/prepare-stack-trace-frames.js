// hazard: reads the names of files that it must not know out of a stack
// expect: completed
// output: false
export default async () => {
  Error.stackTraceLimit = 100
  const stacks = [new Error('here').stack]
  await new Promise((resolve) => setTimeout(() => resolve(stacks.push(new Error('timer').stack)), 1))
  try {
    setTimeout('text')
  } catch (error) {
    stacks.push(error.stack)
  }
  await sdk.cache.get(1n).catch((error) => stacks.push(error.stack))
  stacks.push(await Promise.reject(new Error('x')).catch((error) => error.stack))
  return stacks.some((stack) => /node:|node_modules|file:|\.ts\b|isolated/.test(stack))
}
