import { describeConsole } from './compare.ts'

describeConsole([
  [
    'primitives and texts',
    `console.log('s', 1, true, null, undefined, 5n, Symbol('x'), -0, NaN); console.log(); console.log(''); console.log("it's", ["it's"], ['a"b'], ['a\\tb\\u0000\\x7f"\\'\`'], ['\\ud800']); console.log('a\\nb', ['a\\nb'])`,
  ],
  [
    'objects and arrays',
    `console.log({ a: 1, b: 'x', c: undefined, d: [1, 'two', null] }, [1, [2, [3, [4, [5]]]]], [], {}); console.log({ 'quoted-key': 1, 5: 2, [Symbol('k')]: 3, __proto__: null }); console.log([undefined, , 3], [, , 1], Array(3), Object.assign([1], { x: 2 })); console.log({ get x() { return 1 }, set y(v) {}, get z() { return 1 }, set z(v) {} })`,
  ],
  [
    'long ones, in lines and columns',
    `console.log(Array.from({ length: 30 }, (_, i) => i), Array.from({ length: 120 }, (_, i) => 'item' + i)); console.log(Array.from({ length: 27 }, (_, i) => 'x'.repeat((i % 7) + 1))); console.log({ users: Array.from({ length: 8 }, (_, i) => ({ id: i, name: 'user' + i, tags: ['a', 'b'] })) }); console.log([1.5, 22.25, 3, 4, 5, 6, 7, 100000], new Uint8Array(40)); console.log({ a: 'x'.repeat(100), t: 'line one is long enough to be split\\nline two is also long, so that it is\\n' })`,
  ],
  [
    'collections, dates, expressions and boxes',
    `console.log(new Map([['a', { b: 1 }]]), new Set([1, 'x']), new Map(), [new Map([['k', new Map([['z', 1]])]])]); console.log(new Date(0), new Date(NaN), /re/g, Object.assign(/y/, { q: 1 }), new Number(5), new String('x'), Object(1n)); console.log(new WeakMap(), new Uint8Array([1, 2]), new ArrayBuffer(2), (function () { return arguments })(1, 2))`,
  ],
  [
    'functions and classes',
    `class Foo { x = 1; #hidden = 2 } class Bar extends Map {} class Tagged { get [Symbol.toStringTag]() { return 'T' } } console.log(() => 1, function foo() {}, class A {}, class B extends Map {}, class { static y = 1 }, Object.assign(() => {}, { p: 1 }), async () => {}, function* g() {}, async function* h() {}); console.log(new Foo(), new Bar([[1, 2]]), new Tagged(), Object.create(null), Object.create({ a: 1 }), new (class L extends Array {})(1, 2), JSON, (function* () {})(), [1].values())`,
  ],
  [
    'what contains itself, and what describes itself',
    `const c = { a: { b: {} }, l: [] }; c.a.b.c = c; c.l.push(c.a); console.log(c); class Money { constructor(n) { this.n = n } [Symbol.for('nodejs.util.inspect.custom')](depth) { return 'Money<' + this.n + '>' } } console.log(new Money(5), { m: new Money(6) })`,
  ],
  [
    'texts with places for values',
    `console.log('%s is %d years and %i, %f, %j %O %% %c.', 'Bob', 42.5, 42.9, 1.5, { a: 1 }, { c: 3 }, 'color: red', 'extra'); console.log('%s|%s|%s|%s|%s', { a: { b: 1 } }, [1, [2]], new Date(0), class Q {}, { toString() { return 'own' } }); console.log('%d', '0x10', 5n); console.log(5, '%s', 'x'); console.log('100%', 1); console.log('%x %s', 1, 2)`,
  ],
  [
    'groups, tables, assertions and depth',
    `console.group('G'); console.log('in'); console.group(); console.log('deep\\nline', { a: 1 }); console.groupEnd(); console.groupEnd(); console.groupEnd(); console.log('out'); console.table([{ a: 1, b: 'x' }, { a: 2, c: { d: 1 } }]); console.table([{ a: 1, b: 2 }], ['b']); console.table(['p', 'q']); console.table({ r1: { c: 1 }, r2: 5 }); console.table(new Map([['k', 1]])); console.table(new Set([1])); console.table([[1, 'b'], [2]]); console.table(5); console.assert(true, 'no'); console.assert(false, 'yes %s', 5); console.assert(false); console.dir({ a: { b: { c: { d: {} } } } }, { depth: null }); console.dir({ a: { b: {} } }, { depth: 0 })`,
  ],
  [
    'errors that have no stack',
    `const bare = (E, ...given) => { const e = new E(...given); e.stack = undefined; return e }; console.log([bare(RangeError, 'in')], { e: bare(Error, 'x') })`,
  ],
])
