// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the scripts' own.
import { describe, expect, test } from 'vitest'

import { allReady, isolations, job, pids, until, useSandbox } from './jobs.ts'

/** What a script can fill, in the heap and beside it; each in steps, and as long as it is let. */
const fills: [name: string, code: string][] = [
  ['promises that never settle', 'const a = []; for (;;) a.push(new Promise(() => {}).then(() => a))'],
  [
    'asynchronous functions that wait',
    'const a = []; for (;;) a.push((async () => { await new Promise(() => {}) })())',
  ],
  [
    'microtasks that make two each',
    '(function f() { Promise.resolve().then(f).then(f) })(); await new Promise(() => {})',
  ],
  ['text that doubles', 'let s = "x"; for (;;) { s += s; s.charCodeAt(s.length - 1); [s].join("") }'],
  ['texts', 'const a = []; for (let i = 0; ; i += 1) a.push(String(i).padEnd(1000, "x").toUpperCase())'],
  ['a Set that grows', 'const s = new Set(); for (let i = 0; ; i += 1) s.add(`${i}`)'],
  [
    'a WeakMap that grows',
    'const m = new WeakMap(); const k = []; for (;;) { const o = {}; k.push(o); m.set(o, new Array(10)) }',
  ],
  ['buffers', 'const a = []; for (;;) a.push(new ArrayBuffer(1e6))'],
  [
    'buffers that are sliced',
    'let b = new Uint8Array(1e6).fill(1); const a = []; for (;;) a.push(b.slice())',
  ],
  ['closures', 'const a = []; for (let i = 0; ; i += 1) a.push(() => i)'],
  ['errors with stacks', 'const a = []; for (;;) a.push(new Error("x"))'],
  [
    'regular expressions',
    'const a = []; for (let i = 0; ; i += 1) { const r = new RegExp(`a{${i % 1000}}b${i}`); r.test("aaa"); a.push(r) }',
  ],
  ['symbols', 'for (let i = 0; ; i += 1) Symbol.for(`${i}`)'],
  [
    'timers with large arguments',
    'for (let i = 0; i < 900; i += 1) setTimeout(() => {}, 1e6, new Array(1e5).fill(i)); await new Promise(() => {})',
  ],
]

describe.each(isolations)('memory with isolation %s', (isolation) => {
  const sandbox = useSandbox({ hosts: 2 })

  test.for(fills)('%s end by their limit, and no neighbour notices', async ([, code]) => {
    const source = `export default async () => { ${code} }`
    const options = { isolation, limits: { memoryMb: 32, wallMs: 60_000, cpuMs: 60_000 } }
    const { status, error } = await sandbox.it.run(job(source, options))
    expect([status, error?.code]).toEqual(['failed', 'memory_limit'])
    const after = await sandbox.it.run(job('export default () => 1', { isolation, tenantId: 'tenant-b' }))
    expect(after.output).toBe('1')
  })
})

const recursions: [name: string, code: string][] = [
  ['a function', '(function f() { return 1 + f() })()'],
  ['a getter', '({ get a() { return this.a } }).a'],
  ['a proxy of itself', 'const p = new Proxy({}, { get: (t, k, r) => r[k] }); p.a'],
  ['proxies in proxies', 'let p = {}; for (let i = 0; i < 1e5; i += 1) p = new Proxy(p, {}); p.a'],
  ['toString', '`${{ toString() { return `${this}` } }}`'],
  ['sorting', '(function f() { return [2, 1].sort(() => f()) })()'],
  ['replacing', '(function f() { return "a".replace(/a/, f) })()'],
  ['JSON.stringify', 'JSON.stringify({ toJSON() { return JSON.stringify(this) } })'],
  ['a class that constructs itself', 'class A { constructor() { return new A() } } new A()'],
  ['a generator', '(function* f() { yield* f() })().next()'],
  ['brackets in a regular expression', 'new RegExp("(".repeat(1e5) + ")".repeat(1e5)).test("a")'],
]

describe.each(isolations)('recursion with isolation %s', (isolation) => {
  const sandbox = useSandbox({ hosts: 1 })

  test.for(recursions)('without end through %s is an error the script can catch', async ([, code]) => {
    await until(allReady(sandbox.it, 1))
    const before = pids(sandbox.it)
    const source = `export default () => {
      try { ${code}; return 'came back' } catch (error) { return error.name }
    }`
    const { output } = await sandbox.it.run(job(source, { isolation }))
    expect(['"RangeError"', '"SyntaxError"']).toContain(output)
    expect((await sandbox.it.run(job('export default () => 1', { isolation }))).output).toBe('1')
    expect(pids(sandbox.it)).toEqual(before)
  })
})
