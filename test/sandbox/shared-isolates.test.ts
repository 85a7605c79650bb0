import { describe, expect, test } from 'vitest'

import { job as jobOf, until, useSandbox } from './jobs.ts'

const job = (source: string, options: Parameters<typeof jobOf>[1] = {}) => ({
  ...jobOf(source, options),
  shared: true,
})

describe('executions that share an isolate', () => {
  const sandbox = useSandbox({ hosts: 1, runsPerHost: 200 })
  const isolates = () => sandbox.it.stats().hosts[0]?.isolates

  /** Runs that wait until all of them are alive. */
  async function together(jobs: ReturnType<typeof job>[]) {
    let asked = 0
    let go: () => void = () => undefined
    const all = new Promise<void>((resolve) => {
      go = resolve
    })
    const onCall = async () => {
      asked += 1
      if (asked === jobs.length) go()
      await all
      return 'null'
    }
    return await Promise.all(jobs.map((one) => sandbox.it.run(one, { onCall })))
  }

  test('are alive at once in one isolate, and have nothing in common', async () => {
    const source = `let count = 0
      export default async (input) => {
        count += 1
        globalThis.left = input
        console.log(input)
        await sdk.cache.get('k')
        count += 1
        return [input, count, globalThis.left]
      }`
    const made = isolates()?.made ?? 0
    const jobs = Array.from({ length: 50 }, (_, input) => job(source, { input }))
    const results = await together(jobs)
    expect(results.map(({ output }) => output)).toEqual(jobs.map((_, input) => `[${input},2,${input}]`))
    expect(results.map(({ logs }) => logs.map(({ message }) => message))).toEqual(
      jobs.map((_, i) => [`${i}`]),
    )
    await until(() => (isolates()?.made ?? 0) > 0)
    expect((isolates()?.made ?? 0) - made).toBeLessThan(8)
  })

  test('each draw the numbers and see the clock, symbols and trace limit of their own', async () => {
    const source = `export default async (input) => {
      const seen = [Math.random(), Symbol.for(String(input)), Error.stackTraceLimit]
      Error.stackTraceLimit = input
      const before = new Date().getUTCFullYear()
      await sdk.cache.get('k')
      return [seen[0], Math.random(), before, new Date().getUTCFullYear(), Error.stackTraceLimit, seen[2],
        Symbol.for(String(input)) === seen[1]]
    }`
    const seeds = ['00000000000000000000000000000001', '00000000000000000000000000000002']
    const jobs = [0, 1, 0].map((seed, index) =>
      job(source, {
        input: 20 + index,
        seed: seeds[seed] ?? '',
        ...(index < 2 && { startedAt: Date.UTC(2001 + index, 1) }),
      }),
    )
    const [first, second, third] = (await together(jobs)).map(({ output }) => JSON.parse(output ?? 'null'))
    expect(first.slice(0, 2)).toEqual(third.slice(0, 2))
    expect(first.slice(0, 2)).not.toEqual(second.slice(0, 2))
    expect(first.slice(2)).toEqual([2001, 2001, 20, 10, true])
    expect(second.slice(2)).toEqual([2002, 2002, 21, 10, true])
    expect(third[2]).toBeGreaterThan(2020)
  })

  test('are never those of two tenants', async () => {
    const source = `export default async () => { await sdk.cache.get('k'); return 1 }`
    await together([job(source), job(source, { tenantId: 'one' }), job(source, { tenantId: 'two' })])
    // Each tenant's own stays warm for it; whether one was made now or lay ready does not matter.
    await until(() => (isolates()?.warm ?? 0) >= 3)
  })

  test('one that waits beyond its time, or is cancelled, ends alone', async () => {
    const abort = new AbortController()
    const waits = 'export default () => new Promise(() => {})'
    const late = sandbox.it.run(job(waits, { limits: { wallMs: 200 } }))
    const cancelled = sandbox.it.run(job(`${waits} // cancelled`), { signal: abort.signal })
    const source = `export default async () => {
      for (let i = 0; i < 10; i += 1) await new Promise((resolve) => setTimeout(resolve, 50))
      return 'unharmed'
    }`
    const neighbour = sandbox.it.run(job(source), { onStart: () => abort.abort() })
    expect([(await late).status, (await cancelled).status]).toEqual(['timeout', 'cancelled'])
    expect(await neighbour).toMatchObject({ status: 'completed', output: '"unharmed"' })
  })

  test('one that does not let go ends by its limit; the others are lost, and it runs alone from then on', async () => {
    const loops = job('export default () => { for (;;); }', { limits: { cpuMs: 200 } })
    const waits = job('export default () => new Promise((resolve) => setTimeout(resolve, 5000))')
    let started: () => void = () => undefined
    const isStarted = new Promise<void>((resolve) => {
      started = resolve
    })
    const neighbour = sandbox.it.run(waits, { onStart: () => started() })
    await isStarted
    const guilty = await sandbox.it.run(loops)
    expect([guilty.status, guilty.error?.code]).toEqual(['failed', 'cpu_limit'])
    expect((await neighbour).status).toBe('lost')

    const source = `export default () => new Promise((resolve) => setTimeout(resolve, 800, 'unharmed'))`
    const next = sandbox.it.run(job(source))
    expect((await sandbox.it.run(loops)).error?.code).toBe('cpu_limit')
    expect((await next).output).toBe('"unharmed"')
  })

  test('memory is theirs together: beyond it none of them is blamed, and each then has an isolate of its own', async () => {
    const grows = job('export default () => { const a = []; for (;;) a.push({ a }) }', { tenantId: 'greedy' })
    const waits = job('export default () => new Promise((resolve) => setTimeout(resolve, 2000, 1))', {
      tenantId: 'greedy',
    })
    const neighbour = sandbox.it.run(waits)
    expect((await sandbox.it.run(grows)).status).toBe('lost')
    expect((await neighbour).status).toBe('lost')
    const again = sandbox.it.run(waits)
    expect((await sandbox.it.run(grows)).error?.code).toBe('memory_limit')
    expect((await again).output).toBe('1')
  })
})
