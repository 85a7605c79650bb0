import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { isolations, job, useSandbox } from '../jobs.ts'

/** Text that JavaScript code may hold as it is. */
const literal = (value: unknown) =>
  JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')

describe.each(isolations)('values that cross, with isolation %s', (isolation) => {
  const sandbox = useSandbox({ hosts: 1 })
  const run = (source: string, input: unknown = null) =>
    sandbox.it.run(job(source, { isolation, input }), { onCall: async (_name, args) => args })

  test('any JSON comes back as it was, as output and through a call', async () => {
    const source = `export default async (input) => [input, (await sdk.cache.set('k', input))[1]]`
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 6 }), async (value) => {
        // JSON has no -0.
        const input = JSON.parse(literal(value)) as unknown
        const result = await run(source, input)
        expect(result.error).toBeNull()
        expect(JSON.parse(result.output ?? '')).toEqual([input, input])
      }),
      { numRuns: isolation === 'realm' ? 150 : 25 },
    )
  })

  test.for([
    ['undefined', 'null'],
    ['{ a: undefined, b: 1 }', '{"b":1}'],
    ['[undefined, , 1]', '[null,null,1]'],
    ['[NaN, Infinity, -0]', '[null,null,0]'],
    ['new Date(0)', '"1970-01-01T00:00:00.000Z"'],
    ['{ d: new Date(NaN) }', '{"d":null}'],
    ['new Uint8Array([104, 105])', '"aGk="'],
    ['{ b: new Uint8Array([1, 104, 105, 2]).subarray(1, 3) }', '{"b":"aGk="}'],
    ['{ b: new Uint8Array([104, 105]).buffer }', '{"b":"aGk="}'],
    ['new DataView(new ArrayBuffer(1))', '"AA=="'],
    ['{ n: Object(1), s: Object("x"), t: Object(true) }', '{"n":1,"s":"x","t":true}'],
    ['new (class P { x = 1; #y = 2; get z() { return 3 } })()', '{"x":1}'],
    ['{ toJSON: () => ({ a: [1n].length }) }', '{"a":1}'],
    ['{ a: { toJSON(key) { return key } } }', '{"a":"a"}'],
    ['Object.assign(Object.create(null), { a: 1 })', '{"a":1}'],
    ['new RangeError("no")', '{"name":"RangeError","message":"no"}'],
    ['{ e: Object.assign(new Error("no"), { code: 7 }) }', '{"e":{"name":"Error","message":"no","code":7}}'],
    ['new DOMException("no", "AbortError")', '{"name":"AbortError","message":"no"}'],
    ['Object.assign([1, 2], { toJSON: () => "list" })', '"list"'],
    ['new URL("https://a.example/b")', '"https://a.example/b"'],
    ['{ ["__proto__"]: 1, d: new Date(0) }', '{"__proto__":1,"d":"1970-01-01T00:00:00.000Z"}'],
    ['Temporal.PlainDate.from("2026-01-02")', '"2026-01-02"'],
  ])('%s becomes %s', async ([value, expected]) => {
    const result = await run(`export default () => (${value})`)
    expect([result.error, result.output]).toEqual([null, expected])
  })

  test.for([
    ['{ a: [{ f() {} }] }', 'output.a.0.f is a function'],
    ['{ a: Symbol("x") }', 'output.a is a symbol'],
    ['{ a: 1n }', 'output.a is a BigInt'],
    ['{ m: new Map([[1, 2]]) }', 'output.m is a Map'],
    ['[new Set([1])]', 'output.0 is a Set'],
    ['{ p: Promise.resolve(1) }', 'output.p is a Promise, which has no JSON form; await it first'],
    ['{ r: /x/ }', 'output.r is a RegExp'],
    ['(() => { const a = { b: [] }; a.b.push(a); return a })()', 'output.b.0 is circular'],
    ['{ i: new Map().values() }', 'output.i is a Map Iterator, which has no JSON form; use [...iterator]'],
    ['{ i: "a".matchAll(/a/g) }', 'output.i is a RegExp String Iterator'],
    ['{ s: new TransformStream().writable }', 'output.s is a WritableStream'],
    ['[Object(1n)]', 'output.0 is a BigInt, which has no JSON form; convert it'],
    ['{ f: new Intl.NumberFormat() }', 'output.f is an Intl.NumberFormat'],
    ['{ a: Object.assign([1], { toJSON: () => new Map() }) }', 'output.a is a Map'],
    ['[new (class A extends Array { toJSON() { return () => 1 } })()]', 'output.0 is a function'],
    ['{ r: new Headers() }', 'output.r is a Headers'],
    ['{ a: { toJSON: () => new Map() } }', 'output.a is a Map'],
  ])('%s is refused by its path', async ([value, reason]) => {
    const { error } = await run(`export default () => (${value})`)
    expect(error?.code).toBe('output_not_serializable')
    expect(error?.message).toContain(reason)
  })

  test('the same object twice is no cycle', async () => {
    const { output } = await run(
      'export default () => { const a = { n: new Date(0) }; return [a, a, { a }] }',
    )
    const a = { n: '1970-01-01T00:00:00.000Z' }
    expect(JSON.parse(output ?? '')).toEqual([a, a, { a }])
  })
})
