import { describe, expect, test } from 'vitest'

import { isolations, job, useSandbox } from './jobs.ts'

describe.each(isolations)('context with isolation %s', (isolation) => {
  const sandbox = useSandbox({ hosts: 1 })

  /** Cancels as soon as the script has written its first line. */
  function cancelled(body: string) {
    const controller = new AbortController()
    const calls: string[] = []
    const started = { at: 0 }
    const run = sandbox.it.run(job(`export default async (input, context) => { ${body} }`, { isolation }), {
      signal: controller.signal,
      onLogs: () => {
        started.at = performance.now()
        controller.abort()
      },
      onCall: async (name) => {
        calls.push(name)
        return 'null'
      },
    })
    return run.then((result) => ({ result, calls, tookMs: performance.now() - started.at }))
  }

  test('has a signal that is set off by a cancellation, and time to react', async () => {
    const { result, calls } = await cancelled(`
      const stopped = new Promise((resolve) => context.signal.addEventListener('abort', resolve))
      console.log('ready')
      await stopped
      await sdk.cache.set(context.signal.reason.name, 1)
      return 'cleaned up'`)
    expect(calls).toEqual(['cache.set'])
    expect([result.status, result.error?.code, result.output]).toEqual(['cancelled', 'cancelled', null])
  })

  test('a script that does not react to its signal is stopped all the same', async () => {
    const { result, tookMs } = await cancelled(
      `context.signal; console.log('ready'); await new Promise(() => {})`,
    )
    expect(result.status).toBe('cancelled')
    expect(tookMs).toBeLessThan(5000)
  })

  test('a script that keeps the processor is stopped, though it has asked for its signal', async () => {
    const { result } = await cancelled(`context.signal; console.log('ready'); for (;;);`)
    expect(result.status).toBe('cancelled')
  })

  test('the signal is set off shortly before the wall time ends', async () => {
    const source = `export default async (input, { signal, limits }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      return [signal.reason.name, limits.remaining().wallMs]
    }`
    const result = await sandbox.it.run(job(source, { isolation, limits: { wallMs: 4000 } }))
    expect(result.error).toBeNull()
    const [name, left] = JSON.parse(result.output ?? '') as [string, number]
    expect(name).toBe('TimeoutError')
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(201)
  })

  test('says what is left of the limits, and cannot be changed', async () => {
    const source = `export default async (input, context) => {
      const before = context.limits.remaining()
      console.log('12345')
      await sdk.cache.get('k')
      const after = context.limits.remaining()
      const refused = []
      for (const change of [() => { context.signal = 1 }, () => { context.limits.remaining = 1 }, () => { context.tenant.id = 2 }, () => { context.x = 1 }])
        try { change() } catch (e) { refused.push(e.name) }
      return [before.logLines - after.logLines, before.logBytes - after.logBytes, before.apiCalls - after.apiCalls, after.wallMs <= before.wallMs, refused, context]
    }`
    const { output } = await sandbox.it.run(job(source, { isolation, context: { tenant: { id: 1 } } }), {
      onCall: async () => 'null',
    })
    const four = new Array(4).fill('TypeError')
    expect(JSON.parse(output ?? '')).toEqual([1, 5, 1, true, four, { tenant: { id: 1 } }])
  })

  test('random values for cryptography are new for each run, and the same where it is repeated', async () => {
    const source = `export default () => [crypto.randomUUID(), sdk.crypto.uuid(), sdk.crypto.randomBytes(4), Math.random()]`
    const seed = '0123456789abcdef0123456789abcdef'
    const draw = async (options: object) =>
      JSON.parse((await sandbox.it.run(job(source, { isolation, ...options }))).output ?? '') as unknown[]
    const [one, other] = [await draw({ seed }), await draw({ seed })]
    // By the seed: what need not be secret. Not by it: what must.
    expect(one[3]).toBe(other[3])
    expect(one[0]).not.toBe(other[0])
    const repeated = { seed, startedAt: 1_700_000_000_000 }
    expect(await draw(repeated)).toEqual(await draw(repeated))
  })
})
