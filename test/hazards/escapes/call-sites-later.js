// hazard: looks at call sites when it is called from outside: by a timer, an answer, and as a thenable
// expect: completed
// output: "contained"
export default async () => {
  const found = []
  try {
    Error.prepareStackTrace = (_error, sites) => {
      for (const site of sites) found.push(site.getThis(), site.getFunction())
      return ''
    }
  } catch {}
  const look = () => void new Error('look').stack
  await new Promise((resolve) => setTimeout(() => resolve(look()), 1))
  await sdk.cache.get('key').then(look)
  await {
    then(resolve) {
      resolve(look())
    },
  }
  queueMicrotask(look)
  await null
  const got = found.filter((value) => value !== undefined && value !== null && value !== globalThis)
  return got.length === 0 ? 'contained' : got.map(String)
}
