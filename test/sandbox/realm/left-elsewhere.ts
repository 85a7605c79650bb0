import type { Attempt } from './left-in-intrinsics.ts'

/** By what is ours, and by code that goes on living. */
export const throughOurs: readonly Attempt[] = [
  [
    'the accessors that stand in for methods',
    'for (const [o, k] of [[Object.prototype, "toString"], [Array.prototype, "push"], [Error.prototype, "name"]]) { const d = Object.getOwnPropertyDescriptor(o, k); for (const f of [d.get, d.set]) { try { f.left = 1 } catch {} try { f.prototype = { left: 1 } } catch {} } }',
    'const d = Object.getOwnPropertyDescriptor(Object.prototype, "toString"); return [typeof d.get?.left, typeof d.set?.left, typeof d.get?.prototype]',
  ],
  [
    'the setters that stand in for methods, called',
    'for (const k of ["toString", "valueOf", "constructor"]) { const { set } = Object.getOwnPropertyDescriptor(Object.prototype, k); for (const o of [Object.prototype, Array.prototype, Math, globalThis, Function.prototype, sdk, undefined, 1]) try { set?.call(o, () => "left") } catch {} }',
    'return [String({}), String([1]), typeof Math.toString(), typeof globalThis.toString, [] .constructor === Array, String(sdk)]',
  ],
  [
    'the setters, by inheriting from a prototype',
    'const heir = Object.create(Object.prototype); heir.toString = () => "left"; Object.create(Array.prototype).push = 1; class A extends Map {} ; A.prototype.get = 1',
    'return [String({}), typeof [].push, typeof new Map().get]',
  ],
  [
    'sdk and what hangs below it',
    'const left = (o) => { try { o.left = 1 } catch {} try { Object.setPrototypeOf(o, { left: 2 }) } catch {} }; left(sdk); for (const k of Object.keys(sdk)) { left(sdk[k]); for (const m of Object.values(sdk[k] ?? {})) left(m) }',
    'return [typeof sdk.left, ...Object.values(sdk).flatMap((o) => [typeof o.left, ...Object.values(o).map((f) => typeof f.left)])].every((t) => t === "undefined")',
  ],
  [
    'console and log',
    'console.left = 1; console.log = () => 2; console.log.left = 3; delete console.error; sdk.log.info.left = 4',
    'return [typeof console.left, typeof console.log("x"), typeof console.log.left, typeof console.error, typeof sdk.log.info.left]',
  ],
  [
    'the module pgscript',
    'const m = $import("pgscript"); try { m.left = 1 } catch {} m.log.info.left = 2; $import.left = 3',
    'return [typeof $import("pgscript").left, typeof $import("pgscript").log.info.left, typeof $import.left]',
  ],
  [
    'the error classes',
    'for (const C of [sdk.PermanentError, sdk.RetryAfterError]) for (const o of [C, C.prototype]) try { o.left = 1 } catch {} try { Object.setPrototypeOf(sdk.PermanentError, function () { return Math }) } catch {} try { Object.assign(sdk.PermanentError.prototype, { name: "Left" }) } catch {}',
    'return [typeof sdk.PermanentError.left, typeof new sdk.PermanentError("x").left, new sdk.PermanentError("x").name, Object.getPrototypeOf(sdk.PermanentError) === Error]',
  ],
  [
    'private fields stamped onto intrinsics',
    'class Stamp extends (function (o) { return o }) { #left = 1; static has(o) { return #left in o } } for (const o of [Math, Object.prototype, sdk]) try { new Stamp(o) } catch {}',
    'class Stamp extends (function (o) { return o }) { #left = 1; static has(o) { return #left in o } } return [Stamp.has(Math), Stamp.has(Object.prototype), Stamp.has(sdk)]',
  ],
  [
    'the input and the context',
    'input.left = 1; try { context.left = 2 } catch {} try { context.tenant.left = 3 } catch {}',
    'return [typeof input.left, typeof context.left, typeof context.tenant.left]',
  ],
  [
    'timer functions',
    'setTimeout.left = 1; clearTimeout.left = 2; queueMicrotask.left = 3; setTimeout = 4',
    'return [typeof setTimeout.left, typeof clearTimeout.left, typeof queueMicrotask.left, typeof setTimeout]',
  ],
  [
    'a WeakMap keyed by what is shared',
    'const w = new WeakMap([[Math, 1], [Object.prototype, 2]]); globalThis.w = w',
    'return [typeof globalThis.w, new WeakMap().has(Math)]',
  ],
  [
    'a tagged template kept by its call site',
    'const tag = (s) => { s.left = 1; return s }; for (let i = 0; i < 2; i += 1) try { tag`same` } catch {}',
    'const tag = (s) => [Object.isFrozen(s), typeof s.left]; return tag`same`',
  ],
  [
    'statics and static blocks of a class',
    'class C { static n = 1; static { C.n += 1; Object.prototype.constructor === Object } } C.n += 1; C.left = C',
    'class C { static n = 1 } return [C.n, typeof C.left]',
  ],
  [
    'variables, undeclared and at the top of sloppy code',
    'try { undeclared = 1 } catch {} var declared = 2; function hoisted() {}',
    'return [typeof undeclared, typeof declared, typeof hoisted]',
  ],
  [
    'a timer that would go off later',
    'setTimeout(() => { globalThis.left = 1; console.log("left") }, 1); setInterval(() => { Object.prototype.left = 1 }, 1)',
    'await new Promise((r) => setTimeout(r, 20)); return [typeof globalThis.left, typeof {}.left]',
  ],
  [
    'a promise that goes on later',
    'let go; const wait = new Promise((r) => { go = r }); (async () => { await wait; globalThis.left = 1; console.log("left") })(); setTimeout(go, 1)',
    'await new Promise((r) => setTimeout(r, 20)); return typeof globalThis.left',
  ],
  [
    'a chain of microtasks after the end',
    '(async () => { for (let i = 0; i < 1000; i += 1) await null; console.log("left"); globalThis.left = 1 })()',
    'await null; return typeof globalThis.left',
  ],
  [
    'a rejection whose reading runs code',
    'Promise.reject({ get message() { Promise.resolve().then(() => { console.log("left"); sdk.cache.set("left", 1); Math.random() }); return "x" }, get stack() { queueMicrotask(() => console.log("left")) } })',
    'await null; return "quiet"',
  ],
  [
    'a generator kept running',
    'const g = (function* () { for (;;) yield 1 })(); g.next(); globalThis.g = g',
    'return typeof globalThis.g',
  ],
  [
    'a thenable that keeps the resolver',
    'let keep; await Promise.race([new Promise((r) => { keep = r }), null]); globalThis.keep = keep',
    'return typeof globalThis.keep',
  ],
  [
    'what runs when garbage is collected',
    'globalThis.r = typeof FinalizationRegistry',
    'return [typeof FinalizationRegistry, typeof WeakRef, typeof globalThis.r]',
  ],
  [
    'what other hosts share',
    'globalThis.s = typeof structuredClone',
    'return [typeof structuredClone, typeof SharedArrayBuffer, typeof Atomics, typeof WebAssembly, typeof globalThis.s]',
  ],
  [
    'the way in for code',
    'try { $pgscript$(() => () => "left") } catch {} try { Object.getPrototypeOf(globalThis).$pgscript$(() => () => 1) } catch {}',
    'return [typeof $pgscript$, "$pgscript$" in globalThis]',
  ],
]
