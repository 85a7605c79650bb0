// hazard: setters on Object.prototype for the names that the library's own objects have
// expect: completed
// output: "contained"
export default async () => {
  const names = [
    'resolve',
    'reject',
    'callback',
    'due',
    'every',
    'args',
    'code',
    'type',
    'message',
    'frames',
    'retryable',
    'retryAfterSeconds',
    'cause',
    'logs',
    'timers',
    'calls',
    'default',
    'sdk',
    'path',
    'reference',
    'done',
    'send',
    '0',
    '1',
  ]
  let stolen = 0
  for (const name of names) {
    try {
      Object.defineProperty(Object.prototype, name, {
        configurable: true,
        get: () => undefined,
        set() {
          stolen += 1
        },
      })
    } catch {}
  }
  const answer = sdk.cache.get('key')
  setTimeout(() => 1, 1)
  console.log('a', { b: 1 })
  try {
    new sdk.PermanentError('c', { cause: 1 })
    setTimeout('not a function')
  } catch {}
  await answer
  for (const name of names) {
    try {
      delete Object.prototype[name]
    } catch {}
  }
  return stolen === 0 ? 'contained' : stolen
}
