import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { isolations, job, useSandbox } from '../jobs.ts'

/** Expressions whose values do something when they are read. */
const hostile: readonly string[] = [
  'new Proxy({}, { get() { throw new Error("get") } })',
  'new Proxy({}, { ownKeys() { throw new Error("keys") } })',
  'new Proxy([], { get: () => 1e9 })',
  'new Proxy({}, { getPrototypeOf() { throw null } })',
  'new Proxy({}, { getPrototypeOf: () => Object.prototype, ownKeys: () => ["a"], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }), get: () => Symbol() })',
  'new Proxy(() => 1, {})',
  '(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy })()',
  '(() => { const { proxy, revoke } = Proxy.revocable([], {}); revoke(); return proxy })()',
  '({ get a() { throw new Proxy({}, { get() { throw 1 } }) } })',
  '({ get a() { throw undefined } })',
  '({ toJSON() { throw { message: 7 } } })',
  '({ toJSON() { return this } })',
  '({ toJSON: null })',
  '({ then(resolve) { resolve({ then(again) { again(1) } }) } })',
  '({ then() { throw new Error("then") } })',
  '({ get then() { throw new Error("then") } })',
  '(() => { let a = []; for (let i = 0; i < 3e4; i += 1) a = [a]; return a })()',
  '(() => { let a = {}; for (let i = 0; i < 3e4; i += 1) a = { a }; return a })()',
  '(() => { const e = new Error("x"); Object.defineProperty(e, "stack", { get() { throw 1 } }); return e })()',
  '(() => { const e = new Error("x"); Object.defineProperty(e, "message", { get() { return Symbol("m") } }); return e })()',
  'Object.assign(new Error("x"), { stack: "at host (/etc/passwd:1:1)".repeat(9e3) })',
  '(() => { try { Error.prepareStackTrace = () => { throw 1 } } catch {} return new Error("x") })()',
  '(() => { try { Error.prepareStackTrace = () => ({ toString() { throw 1 } }) } catch {} return new TypeError("x") })()',
  '"x".repeat(3e6)',
  '"\\ud800".repeat(10)',
  '["\\u2028\\u0000", "]}", "\\\\"]',
  'Object.defineProperty({}, "__proto__", { value: { polluted: 1 }, enumerable: true })',
  '(() => { try { Array.prototype.toJSON = () => "all" } catch {} return [1] })()',
  '(() => { try { Object.prototype.toJSON = () => { throw 1 } } catch {} return {} })()',
  '(() => { try { Object.prototype.then = (r) => r(2) } catch {} return { a: 1 } })()',
  '(() => { try { String.prototype.toJSON = Number.prototype.toJSON = () => ({}) } catch {} return ["a", 1] })()',
  '(() => { try { Map.prototype.get = Map.prototype.set = Reflect.apply = () => { throw 1 } } catch {} return new Map() })()',
  '(() => { try { Array.prototype[Symbol.iterator] = () => { throw 1 }; Array.prototype.push = () => 0 } catch {} return [new Date(0)] })()',
  'new (class extends Array { get length() { return -1 } })(3)',
  'Object.setPrototypeOf([1, 2], null)',
  'new Array(5)',
  'Object.create(Date.prototype)',
  'Object.create(Map.prototype)',
  'Object.create(Uint8Array.prototype)',
  '({ [Symbol.toStringTag]: "Map" })',
  '({ get [Symbol.toStringTag]() { throw 1 }, f() {} })',
  'new Proxy(new Map(), {})',
  'globalThis',
  'sdk',
  'context',
  'arguments',
  'Symbol.iterator',
  '(function* () { yield 1 })()',
  'new ArrayBuffer(8).transfer(4)',
  '(() => { const b = new Uint8Array(8); b.buffer.transfer(); return b })()',
]

/** What is done with it. */
const ways: readonly string[] = [
  'return value',
  'return [value]',
  'return { a: { b: value } }',
  'throw value',
  'throw new Error("outer", { cause: value })',
  'throw new AggregateError([value], value)',
  'await sdk.cache.set("k", value)',
  'await sdk.cache.get(value)',
  'sdk.log.info(value, value)',
  'console.log(value, { value })',
  'Promise.reject(value)',
  'await value',
  'setTimeout(() => { throw value })\n await new Promise((r) => setTimeout(r, 20))',
  'new Response(value)',
  'sdk.crypto.hash(value, value)',
  'await sdk.db.from(value).where(value)',
  'await fetch(value, value)',
  'structuredClone(value)',
  'context.signal.addEventListener("abort", value); new EventTarget().dispatchEvent(value)',
]

describe.each(isolations)('hostile values with isolation %s', (isolation) => {
  const sandbox = useSandbox({ hosts: 1 })

  test('end as plain data or an error with a code, and the next run is unharmed', async () => {
    const pairs = fc.tuple(fc.constantFrom(...hostile), fc.constantFrom(...ways))
    await fc.assert(
      fc.asyncProperty(pairs, async ([value, way]) => {
        const source = `export default async function (input, context) { const value = ${value}\n ${way} }`
        const limits = { wallMs: 3000, cpuMs: 2000 }
        const result = await sandbox.it.run(job(source, { isolation, limits }), {
          onCall: async () => 'null',
        })
        if (result.status === 'completed') JSON.parse(result.output ?? '')
        else {
          expect(result.status).toMatch(/failed|timeout/)
          expect(result.error?.code).toMatch(/^[a-z_]+$/)
          expect(result.error?.stack).not.toMatch(/pgscript:guest|\/etc|node:/)
        }
        expect(JSON.stringify(result.error ?? '').length).toBeLessThan(40_000)
        const next = await sandbox.it.run(job('export default () => [{}, [1], "a"]', { isolation }))
        expect(next.output).toBe('[{},[1],"a"]')
      }),
      { numRuns: isolation === 'realm' ? 150 : 40 },
    )
  })
})
