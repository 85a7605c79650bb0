import { describe, expect, test } from 'vitest'

import { isolations, job, useSandbox } from './jobs.ts'

describe.each(isolations)('isolation %s', (isolation) => {
  const sandbox = useSandbox({ hosts: 1 })
  const output = async (source: string) => (await sandbox.it.run(job(source, { isolation }))).output

  test('the global object is found as lodash and its like look for it', async () => {
    const source = `export default () => {
      const found = typeof self == 'object' && self && self.Object === Object && self
      self.mine = 1
      return [found === globalThis, self.self === self, globalThis.mine, typeof self.setTimeout]
    }`
    expect(await output(source)).toBe('[true,true,1,"function"]')
    expect(await output('export default () => typeof self.mine')).toBe('"undefined"')
  })

  test('an execution leaves nothing for the next, of its own script either', async () => {
    const source = `export default () => {
      const seen = [typeof globalThis.left, [].left, typeof {}.left, Math.left, sdk.left, JSON.stringify({ a: 1 })]
      const attempts = [
        () => { globalThis.left = 1 },
        () => { Array.prototype.left = 2 },
        () => { Object.prototype.left = 3 },
        () => { Math.left = 4 },
        () => { JSON.parse = () => '"poisoned"' },
        () => { JSON.stringify = () => '"poisoned"' },
        () => { Promise.prototype.then = () => { throw new Error('poisoned') } },
        () => { Object.prototype.toJSON = () => 'poisoned' },
        () => { delete globalThis.setTimeout },
      ]
      for (const attempt of attempts) try { attempt() } catch (error) { if (!(error instanceof TypeError)) throw error }
      return seen
    }`
    const first = await output(source)
    const second = await output(source)
    expect(second).toBe(first)
    expect(await output('export default () => [typeof setTimeout, { a: 1 }]')).toBe('["function",{"a":1}]')
  })

  test('module-level state is new each time', async () => {
    const source = 'let count = 0\nexport default () => (count += 1)'
    expect([await output(source), await output(source)]).toEqual(['1', '1'])
  })

  test('poisoned intrinsics do not change what the host is told', async () => {
    const source = `export default () => {
      try {
        Map.prototype.get = WeakMap.prototype.get = String.prototype.slice = () => 'poisoned'
        Object.prototype.toJSON = () => 'poisoned'
        Object.defineProperty(Array.prototype, 0, { set() { throw 'poisoned' } })
      } catch {}
      console.log('still here')
      throw new sdk.PermanentError('as thrown')
    }`
    const { error, logs } = await sandbox.it.run(job(source, { isolation }))
    expect([error?.code, error?.message, logs[0]?.message]).toEqual([
      'permanent_error',
      'as thrown',
      'still here',
    ])
  })

  test('nothing of a host is reachable, and nothing that escapes the limits', async () => {
    const names = [
      'require',
      'process',
      'Buffer',
      'module',
      'WebAssembly',
      'SharedArrayBuffer',
      'Atomics',
      'Worker',
      'WeakRef',
      'FinalizationRegistry',
      '$pgscript$',
    ]
    const source = `export default () => ${JSON.stringify(names)}.filter((name) => name in globalThis)`
    expect(await output(source)).toBe('[]')
    expect(
      await output(
        `export default async () => { try { await import('node:fs') } catch (e) { return 'refused' } }`,
      ),
    ).toBe('"refused"')
    expect(
      await output(
        `export default () => [new ArrayBuffer(8, { maxByteLength: 1e9 }).resizable, Reflect.construct(ArrayBuffer, [8, { maxByteLength: 1e9 }]).resizable]`,
      ),
    ).toBe('[false,false]')
  })

  test.for([
    'eval("1")',
    '(0, eval)("1")',
    'Function("return 1")()',
    'new Function("return 1")()',
    '(() => {}).constructor("return 1")()',
    '(async () => {}).constructor("return 1")()',
    '(function* () {}).constructor("return 1")()',
    '(async function* () {}).constructor("return 1")()',
    'Object.getPrototypeOf((async () => {}).constructor)("return 1")()',
    'Reflect.construct((() => {}).constructor, ["return 1"])()',
    'class A extends Function {}; new A("return 1")()',
    'setTimeout("1")',
    'console.log.constructor("return 1")()',
    'sdk.db.query.constructor("return 1")()',
  ])('code cannot be made from strings: %s', async (code) => {
    const source = `export default () => { try { ${code} } catch (e) { return e instanceof TypeError } }`
    expect(await output(source)).toBe('true')
  })

  test("errors of the library come from the script's own world", async () => {
    const source = `export default async () => {
      const errors = []
      try { await import('x') } catch (e) { errors.push(e) }
      try { (function f() { f() })() } catch (e) { errors.push(e) }
      try { setTimeout(1) } catch (e) { errors.push(e) }
      try { await sdk.cache.get(1n) } catch (e) { errors.push(e) }
      return errors.map((e) => e instanceof Error && e.constructor.constructor === Function)
    }`
    expect(await output(source)).toBe('[true,true,true,true]')
  })
})

const longRuns = [
  ['realm', 2000],
  ['context', 500],
  ['isolate', 100],
] as const

describe.each(longRuns)('a host over time, with isolation %s', (isolation, runs) => {
  const sandbox = useSandbox({ hosts: 1, runsPerHost: 8 })

  test('serves thousands of runs of a few tenants in one process', { timeout: 120_000 }, async () => {
    const [before] = sandbox.it.stats().hosts
    let completed = 0
    const lane = async (tenantId: string) => {
      for (let index = 0; index < runs; index += 1) {
        const result = await sandbox.it.run(
          job('export default (input) => ({ n: input.n })', { tenantId, isolation, input: { n: index } }),
        )
        if (result.output === `{"n":${index}}`) completed += 1
      }
    }
    await Promise.all(['a', 'b', 'c', 'd'].map(lane))
    const [after] = sandbox.it.stats().hosts
    expect([completed, after?.pid]).toEqual([4 * runs, before?.pid])
    expect(after?.residentBytes).toBeLessThan(400 * 1024 * 1024)
  })
})
