import { describe, expect, test } from 'vitest'

import type { SandboxJob, SandboxLimits } from '../../src/sandbox/sandbox.ts'
import { allReady, isolations, type JobOptions, job as jobOf, pids, until, useSandbox } from './jobs.ts'

type Case = [name: string, code: string, limits: Partial<SandboxLimits>, status: string, error: string]

const short = { wallMs: 300 }
const cpu = { cpuMs: 200 }

/** Every way of breaking a limit that we know of, and the limit it must end with. */
const cases: Case[] = [
  ['a promise that never settles', 'await new Promise(() => {})', short, 'timeout', 'timeout'],
  ['a synchronous loop', 'for (;;);', short, 'timeout', 'timeout'],
  ['a microtask loop', 'for (;;) await null', short, 'timeout', 'timeout'],
  [
    'a timer loop',
    'await new Promise(() => { (function f() { setTimeout(f) })() })',
    short,
    'timeout',
    'timeout',
  ],
  ['a call that is never answered', 'await sdk.cache.get("k")', short, 'timeout', 'timeout'],
  [
    'a regular expression that backtracks',
    '/^(a+)+$/.test("a".repeat(40) + "b")',
    short,
    'timeout',
    'timeout',
  ],
  [
    'a getter that loops in a thrown error',
    'throw { get message() { for (;;); } }',
    short,
    'timeout',
    'timeout',
  ],
  [
    'a proxy that loops when thrown',
    'throw new Proxy({}, { get() { for (;;); } })',
    short,
    'timeout',
    'timeout',
  ],
  [
    'a rejected error that loops',
    'Promise.reject({ get message() { for (;;); } }); await new Promise(() => {})',
    short,
    'timeout',
    'timeout',
  ],
  ['a toJSON that loops', 'return { toJSON() { for (;;); } }', short, 'timeout', 'timeout'],
  ['a thenable that loops', 'return { then() { for (;;); } }', short, 'timeout', 'timeout'],
  ['a thenable that says nothing', 'return { then() {} }', short, 'timeout', 'timeout'],
  ['a loop of processor time', 'for (;;);', cpu, 'failed', 'cpu_limit'],
  [
    'processor time after a wait',
    'await new Promise((r) => setTimeout(r, 20)); for (;;);',
    cpu,
    'failed',
    'cpu_limit',
  ],
  ['a microtask loop of processor time', 'for (;;) await null', cpu, 'failed', 'cpu_limit'],
  ['an array that grows', 'const a = []; for (;;) a.push({ a })', {}, 'failed', 'memory_limit'],
  ['arrays in a loop', 'const a = []; for (;;) a.push(new Array(1e5).fill(1))', {}, 'failed', 'memory_limit'],
  [
    'a Map that grows',
    'const m = new Map(); for (let i = 0; ; i += 1) m.set(i, {})',
    {},
    'failed',
    'memory_limit',
  ],
  // A table of its elements: how long filling it takes depends on V8's random hash seed.
  [
    'one huge array',
    'return new Array(6e7).fill(1.5).length',
    { cpuMs: 30_000, wallMs: 30_000 },
    'failed',
    'memory_limit',
  ],
  ['an array that doubles', 'let a = [1]; for (;;) a = a.concat(a)', {}, 'failed', 'memory_limit'],
  [
    'typed arrays',
    'const a = []; for (;;) a.push(new Uint8Array(1e6).fill(1))',
    {},
    'failed',
    'memory_limit',
  ],
  ['one huge buffer', 'return new ArrayBuffer(2e9).byteLength', {}, 'failed', 'memory_limit'],
  [
    'text of ten million brackets, parsed',
    'return JSON.parse("[".repeat(1e7))',
    {},
    'failed',
    'memory_limit',
  ],
  ['an output that is too large', 'return "x".repeat(2e6)', {}, 'failed', 'output_limit'],
  ['an output too large in bytes only', 'return "€".repeat(5e5)', {}, 'failed', 'output_limit'],
]

describe('memory taken from outside the heap while others are busy', () => {
  const sandbox = useSandbox({ hosts: 1 })

  test('is never blamed on the wrong run', async () => {
    // Both are silent, so nobody can tell which of them it is until each has run alone.
    const greedy = jobOf('export default () => JSON.parse("[".repeat(1e7))', { tenantId: 'greedy' })
    const busy = jobOf(
      'export default () => { const end = Date.now() + 800; while (Date.now() < end); return 1 }',
      {
        tenantId: 'busy',
      },
    )
    const atMostFourTimes = async (work: SandboxJob) => {
      let result = await sandbox.it.run(work)
      for (let again = 0; again < 3 && result.status === 'lost'; again += 1)
        result = await sandbox.it.run(work)
      return result
    }
    const [innocent, guilty] = await Promise.all([atMostFourTimes(busy), atMostFourTimes(greedy)])
    expect([innocent.status, guilty.error?.code]).toEqual(['completed', 'memory_limit'])
  })
})

describe.each(isolations)('limits with isolation %s', (isolation) => {
  const sandbox = useSandbox()
  const job = (source: string, options: JobOptions = {}) => jobOf(source, { isolation, ...options })

  test.for(cases)('%s', async ([, code, limits, status, expected]) => {
    const source = `export default async () => { ${code} }`
    const neighbour = sandbox.it.run(job('export default () => "unharmed"', { tenantId: 'tenant-b' }))
    const started = performance.now()
    const result = await sandbox.it.run(job(source, { limits }), { onCall: () => new Promise(() => {}) })
    expect([result.status, result.error?.code]).toEqual([status, expected])
    expect(performance.now() - started).toBeLessThan(limits.wallMs ? 5 * limits.wallMs + 2500 : 30_000)
    expect((await neighbour).status).toMatch(/completed|lost/)

    const after = await sandbox.it.run(job('export default () => "unharmed"', { tenantId: 'tenant-b' }))
    expect([after.status, after.output]).toEqual(['completed', '"unharmed"'])
  })

  test('a host that dies for one run is replaced, and the other keeps its process', async () => {
    await until(allReady(sandbox.it, 2))
    const before = pids(sandbox.it)
    const source = 'export default () => JSON.parse("[".repeat(1e7))'
    expect((await sandbox.it.run(job(source))).error?.code).toBe('memory_limit')
    // What it was for is told before the process is gone.
    await until(() => pids(sandbox.it).filter((pid) => before.includes(pid)).length < 2)
    await until(allReady(sandbox.it, 2))
    expect(pids(sandbox.it).filter((pid) => before.includes(pid))).toHaveLength(1)
  })

  test('too many timers are an error the script can catch', async () => {
    const source = `export default () => {
      try { for (;;) setTimeout(() => {}, 1000) } catch (error) { return error.code }
    }`
    expect((await sandbox.it.run(job(source))).output).toBe('"timer_limit"')
  })

  test("setting and clearing timers for ever fills nobody's queue", async () => {
    const source = `export default () => { let i = 1e9; for (;;) clearTimeout(setTimeout(() => {}, i -= 1)) }`
    const { error } = await sandbox.it.run(job(source, { limits: cpu }))
    expect(error?.code).toBe('timer_limit')
  })
})
