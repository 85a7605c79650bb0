import { describe, expect, test } from 'vitest'

import { allReady, isolations, type JobOptions, job as jobOf, until, useSandbox } from './jobs.ts'

describe.each(isolations)('a run with isolation %s', (isolation) => {
  const sandbox = useSandbox()
  const job = (source: string, options: JobOptions = {}) => jobOf(source, { isolation, ...options })

  test('gives what the script returned, as JSON text', async () => {
    const result = await sandbox.it.run(
      job('export default async (input) => ({ doubled: input.n * 2 })', { input: { n: 21 } }),
    )
    expect(result).toMatchObject({ status: 'completed', output: '{"doubled":42}', error: null, logs: [] })
    expect(result.metrics.cpuMs).toBeGreaterThan(0)
    expect(result.metrics.peakHeapBytes).toBeGreaterThan(0)
  })

  test('gives null for a script that returns nothing', async () => {
    expect((await sandbox.it.run(job('export default () => {}'))).output).toBe('null')
  })

  test('hands the context to the script, frozen to its depth', async () => {
    const source = `export default (input, context) => {
      try { context.tenant.name = 'x' } catch (error) { return [context.tenant.name, error.name] }
    }`
    const result = await sandbox.it.run(job(source, { context: { tenant: { name: 'a' } } }))
    expect(result.output).toBe('["a","TypeError"]')
  })

  test('says when the code starts, before it ends', async () => {
    const order: string[] = []
    await sandbox.it.run(job('export default () => 1'), { onStart: () => order.push('started') })
    expect(order).toEqual(['started'])
  })

  test('fails a script without a default export', async () => {
    const { status, error } = await sandbox.it.run(job('const a = 1'))
    expect([status, error?.code]).toEqual(['failed', 'no_default_export'])
  })

  test('fails code that does not parse, with the reason', async () => {
    const { status, error } = await sandbox.it.run(job('export default () => { ] }'))
    expect([status, error?.code, error?.retryable]).toEqual(['failed', 'invalid_script', false])
    expect(error?.message).toContain('Unexpected token')
  })

  test('offers pgscript as a module, and no other', async () => {
    const source = `const { log, sdk, PermanentError } = $import('pgscript')
      export default () => [log === sdk.log, typeof PermanentError, (() => { try { $import('fs') } catch (e) { return e.code } })()]`
    expect((await sandbox.it.run(job(source))).output).toBe('[true,"function","module_not_found"]')
  })

  test('runs timers in their order, and microtasks', async () => {
    const source = `export default () => new Promise((resolve) => {
      const seen = []
      setTimeout(() => { seen.push('late'); resolve(seen) }, 30)
      setTimeout((word) => seen.push(word), 5, 'early')
      clearTimeout(setTimeout(() => seen.push('never'), 10))
      queueMicrotask(() => seen.push('micro'))
    })`
    expect((await sandbox.it.run(job(source))).output).toBe('["micro","early","late"]')
  })

  test('timers that are due together go off by their times, and one may clear another', async () => {
    const source = `export default () => new Promise((resolve) => {
      const seen = []
      setTimeout(() => resolve(seen), 12)
      const last = setTimeout(() => seen.push('cleared'), 9)
      setTimeout(() => seen.push('second'), 6)
      setTimeout(() => { seen.push('first'); clearTimeout(last) }, 3)
      for (const end = Date.now() + 40; Date.now() < end; );
    })`
    expect((await sandbox.it.run(job(source))).output).toBe('["first","second"]')
  })

  test('an error in a timer fails the run', async () => {
    const { error } = await sandbox.it.run(
      job(`export default () => new Promise(() => setTimeout(() => { throw new Error('in a timer') }, 1))`),
    )
    expect(error?.message).toBe('in a timer')
  })

  test('a rejection that nobody handles does not fail the run', async () => {
    const source = 'export default () => { Promise.reject(new Error("unseen")); return 5 }'
    expect((await sandbox.it.run(job(source))).output).toBe('5')
  })

  test("uses the tenant's warm isolate for its next run, unless it is to have its own", async () => {
    const source = 'export default () => "warm"'
    await sandbox.it.run(job(source, { tenantId: 'warm-tenant' }))
    const before = sandbox.it.stats().warmHits
    await sandbox.it.run(job(source, { tenantId: 'warm-tenant' }))
    expect(sandbox.it.stats().warmHits).toBe(isolation === 'isolate' ? before : before + 1)
  })

  test('a run over capacity waits for its turn', async () => {
    await until(allReady(sandbox.it, 2))
    const slow = 'export default (input) => new Promise((resolve) => setTimeout(() => resolve(input), 20))'
    const runs = Array.from({ length: 20 }, (_, index) => sandbox.it.run(job(slow, { input: index })))
    expect(sandbox.it.capacity()).toBe(0)
    const outputs = (await Promise.all(runs)).map((result) => result.output)
    expect(outputs).toEqual(Array.from({ length: 20 }, (_, index) => String(index)))
    expect(sandbox.it.capacity()).toBe(8)
  })
})

describe.each(isolations)('the host side of the script API with isolation %s', (isolation) => {
  const sandbox = useSandbox({ hosts: 1 })
  const job = (source: string, options: JobOptions = {}) => jobOf(source, { isolation, ...options })

  test('is asked with name and arguments, and answers with JSON', async () => {
    const asked: string[] = []
    const { output, metrics } = await sandbox.it.run(
      job('export default async () => (await sdk.db.query("select $1", [7])).rows'),
      {
        onCall: async (name, args) => {
          asked.push(name, args)
          return '{"rows":[7]}'
        },
      },
    )
    expect([output, metrics.hostCalls]).toEqual(['[7]', 1])
    expect(asked).toEqual(['db.query', '["select $1",[7]]'])
  })

  test('its coded errors reach the script; others say nothing of us', async () => {
    const source = `export default async () => {
      const seen = []
      for (const key of ['coded', 'plain']) {
        try { await sdk.cache.get(key) } catch (e) { seen.push([e.code, e.message, e.retryable]) }
      }
      return seen
    }`
    const { output } = await sandbox.it.run(job(source), {
      onCall: async (_name, args) => {
        if (args.includes('plain')) throw new Error('connect ECONNREFUSED 10.0.0.1')
        throw Object.assign(new Error('Too many.'), { code: 'rate_limited', retryable: true })
      },
    })
    expect(JSON.parse(output ?? '')).toEqual([
      ['rate_limited', 'Too many.', true],
      ['internal_error', 'The call failed.', false],
    ])
  })

  test('is refused beyond the limit, as an error the script can catch', async () => {
    const source = `export default async () => {
      let made = 0
      try { for (;;) { await sdk.cache.get('k'); made += 1 } } catch (e) { return [made, e.code] }
    }`
    const { output } = await sandbox.it.run(job(source, { limits: { hostCalls: 3 } }), {
      onCall: async () => 'null',
    })
    expect(output).toBe('[3,"api_call_limit"]')
  })

  test('arguments that are too large do not cost the host', async () => {
    const [before] = sandbox.it.stats().hosts
    const source = `export default async () => {
      try { await sdk.cache.set('k', 'ä'.repeat(9e6)) } catch (e) { return e.code }
    }`
    const { output } = await sandbox.it.run(job(source, { limits: { memoryMb: 128 } }))
    expect(output).toBe('"arguments_too_large"')
    expect(sandbox.it.stats().hosts[0]?.pid).toBe(before?.pid)
  })
})
