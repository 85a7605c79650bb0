// hazard: calls the library at each depth near the end of the stack, so that it throws half-way
// expect: completed
// output: ["rang","answered","contained"]
// limits: {"hostCalls": 100000, "logLines": 100000, "logBytes": 10000000}
export default async () => {
  const actions = [
    () => console.log('x', { a: [1] }, new Error('y')),
    () => sdk.log.info('x', { a: 1 }),
    () => sdk.cache.get('k').catch(() => 1),
    () => clearTimeout(setTimeout(() => 1, 1)),
    () => queueMicrotask(() => 1),
    () => new sdk.PermanentError('x', { cause: 1 }),
    () => new sdk.RetryAfterError(1, 'x'),
    () => Symbol.keyFor(Symbol.for('near')),
    () => new Date(Date.now()).toISOString(),
    () => Math.random(),
    () => new Intl.DateTimeFormat().format(),
    () => Temporal.Now.plainDateISO(),
    () => eval('1'),
    () => new ArrayBuffer(8),
    () => String({}) + [1, 2] + new Map([[1, 2]]),
    () => new Error('x').stack,
  ]
  const values = []
  for (const action of actions) {
    let fuel = 3
    const down = () => {
      try {
        down()
      } catch (error) {
        if (!(error instanceof RangeError)) values.push(error)
      }
      if (fuel > -60) {
        fuel -= 1
        try {
          action()
        } catch (error) {
          if (!(error instanceof Error)) values.push(error)
        }
      }
    }
    down()
  }
  const rang = await new Promise((resolve) => setTimeout(resolve, 5, 'rang'))
  const answered = await sdk.cache.get('after').then(() => 'answered')
  return [rang, answered, values.length === 0 ? 'contained' : values.map(String)]
}
