import { describeEveryday } from './compare.ts'

describeEveryday('objects and classes', [
  [
    'toString assigned to an object',
    `const o = {}; o.toString = () => 'mine'; return [String(o), Object.keys(o)]`,
  ],
  ['valueOf assigned to an object', 'const o = {}; o.valueOf = () => 42; return o + 1'],
  ['hasOwnProperty used as a key', `const o = {}; o.hasOwnProperty = 1; o.constructor = 2; return o`],
  [
    'every name of Object.prototype assigned',
    `const o = {}
    for (const k of Object.getOwnPropertyNames(Object.prototype)) if (k !== '__proto__') o[k] = k
    return o`,
  ],
  [
    'Object.assign over inherited names',
    `class A {}; const a = Object.assign(new A(), { toString: 'x', constructor: 'y' }); return [a, Object.keys(a)]`,
  ],
  [
    'exports object as bundlers write it',
    `const exports = {}; exports.toString = () => 1; exports.isPrototypeOf = () => 2; return Object.keys(exports)`,
  ],
  [
    'words counted in an object',
    `const counts = {}; for (const w of ['constructor', 'a', 'toString', 'a']) counts[w] = (Object.hasOwn(counts, w) ? counts[w] : 0) + 1; return counts`,
  ],
  [
    'a class with toString and toJSON',
    `class P { constructor(x) { this.x = x } toString() { return 'P' + this.x } toJSON() { return { p: this.x } } } return [String(new P(1)), JSON.stringify([new P(2)])]`,
  ],
  [
    'inheritance as before classes',
    `function A() {} ; function B() { A.call(this) } ; B.prototype = Object.create(A.prototype); B.prototype.constructor = B; B.prototype.toString = function () { return 'B' }; const b = new B(); return [String(b), b.constructor === B, b instanceof A]`,
  ],
  [
    'an object inheriting from an array',
    `function L() {} ; L.prototype = []; L.prototype.push = function (x) { return Array.prototype.push.call(this, x * 2) }; const l = new L(); l.push(4); return [l.length, l[0]]`,
  ],
  [
    'private fields, methods and statics',
    `class C { #n = 1; static #made = 0; static { C.label = 'c' } #twice() { return this.#n * 2 } get n() { return this.#twice() } static make() { C.#made += 1; return [new C().n, C.#made] } has(o) { return #n in o } } return [C.make(), C.make(), C.label, new C().has({})]`,
  ],
  [
    'class fields named as inherited ones',
    `class A { toString = 1; constructor_ = 2; ['constructor'] = 3; name = 'n' } return new A()`,
  ],
  [
    'accessors with setters',
    `const t = { _c: 0, get f() { return this._c * 2 }, set f(v) { this._c = v } }; t.f = 21; return [t.f, t]`,
  ],
  [
    'super in object literals',
    `const base = { hi() { return 'hi' } }; const o = { __proto__: base, hi() { return super.hi() + '!' } }; return o.hi()`,
  ],
  [
    'assignment through super',
    `class A {}; class B extends A { set() { super.toString = 7; return Object.getOwnPropertyDescriptor(this, 'toString') } } return new B().set()`,
  ],
  [
    'Proxy with traps',
    `const seen = []; const p = new Proxy({}, { get: (t, k) => { seen.push(String(k)); return 1 }, set: (t, k, v) => { seen.push(k + '=' + v); return true }, defineProperty: () => { seen.push('define'); return true } }); p.toString = 5; p.a; return seen`,
  ],
  [
    'assignment through a proxy without traps',
    `const o = {}; const p = new Proxy(o, {}); p.valueOf = 3; return [o, Object.keys(p)]`,
  ],
  [
    'Reflect',
    `const o = { a: 1 }; return [Reflect.set(o, 'toString', 1), Reflect.ownKeys(o), Reflect.has(o, 'valueOf'), Reflect.construct(Date, [0]).getTime(), Reflect.set(Object.freeze({}), 'own', 1), Reflect.set(Object.create({}), 'valueOf', 1)]`,
  ],
  [
    'frozen and sealed objects',
    `const f = Object.freeze({ a: 1 }); const seen = []; try { f.a = 2 } catch (e) { seen.push(e.name) } try { f.toString = 2 } catch (e) { seen.push(e.name) } const s = Object.seal({ a: 1 }); s.a = 2; return [seen, s, Object.isFrozen(f)]`,
  ],
  [
    'inherited accessors and read-only properties',
    `const base = Object.defineProperty({}, 'ro', { value: 1 }); const o = Object.create(base); try { o.ro = 2 } catch (e) { return [e.name, o.ro] }`,
  ],
  [
    'symbols as keys, well-known ones too',
    `const money = { [Symbol.toPrimitive]: (hint) => (hint === 'number' ? 5 : 'five'), get [Symbol.toStringTag]() { return 'Money' } }; return [+money, String(money), Object.prototype.toString.call(money)]`,
  ],
  [
    'Symbol.hasInstance and species',
    `class Even { static [Symbol.hasInstance](n) { return n % 2 === 0 } } class L extends Array { static get [Symbol.species]() { return Array } } return [2 instanceof Even, new L(1, 2).map((x) => x).constructor === Array]`,
  ],
  [
    'Map, Set and WeakMap subclasses',
    `class D extends Map { get(k) { return super.get(k) ?? 0 } inc(k) { return this.set(k, this.get(k) + 1) } } class U extends Set { add(v) { return super.add(String(v)) } } const w = new (class W extends WeakMap {})(); const k = {}; w.set(k, 1); return [[...new D().inc('a').inc('a')], [...new U([1, '1', 2])], w.get(k)]`,
  ],
  [
    'a method of one Map replaced',
    `const m = new Map([['a', 1]]); const get = m.get; m.get = function (k) { return get.call(this, k) * 10 }; m.has = () => 'always'; return [m.get('a'), m.has('x'), new Map([['a', 1]]).get('a')]`,
  ],
  [
    'methods of one array replaced',
    `const a = [3, 1, 2]; a.push = function (...x) { return 'pushed ' + x }; a.toString = () => 'list'; return [a.push(4), String(a), a.length, a.map((x) => x * 2)]`,
  ],
  [
    'functions with properties of their own',
    `function f() {} ; f.call = 1; f.toString = () => 'f'; f.bind = 2; f.count = 0; f.count += 1; return [String(f), f.call, f.bind, f.count, f.name, f.length]`,
  ],
  [
    'a promise with methods replaced',
    `const p = Promise.resolve(1); p.then = function (...a) { return Promise.prototype.then.apply(this, a) }; p.cancel = () => 'no'; p.finally = 0; return [await p, p.cancel(), p.finally]`,
  ],
  [
    'mixins',
    `const Named = (B) => class extends B { get title() { return this.constructor.name } }; class A {} class Person extends Named(A) {} return new Person().title`,
  ],
  [
    'Object statics',
    `const o = { b: 1, a: { c: 2 } }; return [Object.entries(o), Object.fromEntries([['x', 1]]), Object.groupBy([1, 2, 3], (n) => (n % 2 ? 'odd' : 'even')), Object.getOwnPropertyDescriptor({ get a() { return 1 } }, 'a').set === undefined]`,
  ],
  [
    'null prototypes and spread',
    `const n = Object.create(null); n.toString = 'free'; return [{ ...n, z: 1 }, 'toString' in n, structure({ a: [1, { b: 2 }] })]; function structure(v) { return JSON.parse(JSON.stringify(v)) }`,
  ],
  [
    'globalThis as a place to put things',
    `globalThis.mine = 1; globalThis.Map = class Other {}; return [globalThis.mine, 'mine' in globalThis, typeof globalThis.Map, globalThis.globalThis === globalThis, delete globalThis.mine, 'mine' in globalThis, typeof globalThis.JSON.parse]`,
  ],
  [
    'this at the top of functions',
    `return [(function () { return this })() === undefined, (() => typeof this)()]`,
  ],
  [
    'methods of a built-in prototype, kept if they are there',
    `Array.prototype.at = Array.prototype.at || (() => 1); Promise.prototype.finally ??= 1; Map.prototype.get ||= 1; Object.prototype.hasOwnProperty = Object.prototype.hasOwnProperty; return [[1, 2].at(-1)]`,
  ],
  [
    'values looked up by descriptor, as get-intrinsic does below many packages',
    `const look = (value, part) => { const d = Object.getOwnPropertyDescriptor(value, part); return d && 'get' in d && !('originalValue' in d.get) ? d.get : value[part] }; const bind = (f) => Function.prototype.call.bind(f); const m = new Map([[1, 'one']]); return [bind(look(Map.prototype, 'get'))(m, 1), bind(look(WeakMap.prototype, 'has'))(new WeakMap(), {}), bind(look(Array.prototype, 'slice'))([1, 2], 1), bind(look(Object.prototype, 'toString'))([]), bind(look(Map.prototype, 'size'))(m)]`,
  ],
  [
    'classes of texts as before classes',
    `function Text(value) { this.value = value } ; Text.prototype = Object.create(String.prototype); Text.prototype.constructor = Text; Text.prototype.toString = Text.prototype.valueOf = function () { return this.value }; const t = new Text('abc'); class Own extends String { constructor(v) { super(v); this.toString = () => 'own' } } return [t.toUpperCase(), t.slice(1), t + '', t.constructor === Text, String(new Own('x'))]`,
  ],
  [
    'what fails on objects that are frozen, and on primitives',
    `const seen = []; for (const f of [() => { Object.freeze({}).toString = 1 }, () => { Object.preventExtensions([]).push = 1 }, () => { (5).valueOf = 1 }, () => { true.constructor = 1 }, () => { 5n.toString = 1 }]) try { f() } catch (e) { seen.push([e.name, e.message]) } return seen`,
  ],
  [
    'the last match of a regular expression',
    `/(y+)-(m)/.exec('on yyyy-m'); const first = [RegExp.$1, RegExp.$2, RegExp.lastMatch, RegExp['$&'], RegExp.leftContext, RegExp.input]; let format = 'yyyy-MM'; if (/(y+)/.test(format)) format = format.replace(RegExp.$1, '2026'); return [first, format]`,
  ],
])
