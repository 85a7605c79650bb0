/** How one execution tries to leave something, and how a later one would find it: both return JSON. */
export type Attempt = readonly [name: string, leave: string, look: string]

/** By what is built in: objects, properties and hidden state that every execution can reach. */
export const throughIntrinsics: readonly Attempt[] = [
  ['a property of globalThis', 'globalThis.left = 1', 'return typeof globalThis.left + typeof left'],
  [
    'a property of the prototype of globalThis',
    'Object.getPrototypeOf(globalThis).left = 1',
    'return typeof globalThis.left + typeof left',
  ],
  [
    'a global replaced',
    'globalThis.JSON = { parse: 1 }; globalThis.Date = 1; globalThis.undefined = 1',
    'return [typeof JSON.parse, typeof globalThis.JSON.parse, typeof Date, typeof globalThis.Date, typeof undefined]',
  ],
  [
    'a global deleted',
    'delete globalThis.setTimeout; delete globalThis.Map; delete globalThis.sdk',
    'return [typeof setTimeout, typeof globalThis.setTimeout, typeof Map, typeof globalThis.sdk]',
  ],
  [
    'the prototype of globalThis exchanged',
    'Object.setPrototypeOf(globalThis, { left: 1 })',
    'return [typeof globalThis.left, typeof globalThis.Map]',
  ],
  ['a property of Object.prototype', 'Object.prototype.left = 1', 'return typeof {}.left'],
  [
    'a getter on Object.prototype',
    'Object.defineProperty(Object.prototype, "left", { get: () => 1 })',
    'return typeof {}.left',
  ],
  [
    'a getter by __defineGetter__',
    'Object.prototype.__defineGetter__("left", () => 1)',
    'return typeof {}.left',
  ],
  ['the prototype of Object.prototype', 'Object.prototype.__proto__ = { left: 1 }', 'return typeof {}.left'],
  ['an index of Array.prototype', 'Array.prototype[3] = 1', 'return typeof [][3]'],
  ['the length of Array.prototype', 'Array.prototype.length = 9', 'return Array.prototype.length'],
  ['a method of Array.prototype', 'Array.prototype.map = () => "left"', 'return [1].map((x) => x)'],
  [
    'the species of arrays',
    'Object.defineProperty(Array, Symbol.species, { value: class Left {} }); Array.prototype.constructor = class Left {}',
    'return [[1].map((x) => x) instanceof Array, [].constructor.name]',
  ],
  [
    'the iterator of arrays',
    'Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true })',
    'return [...[1, 2]]',
  ],
  [
    'Function.prototype',
    'Function.prototype.left = 1; Function.prototype.call = () => 2',
    'return [typeof (() => 1).left, (function () { return 3 }).call()]',
  ],
  [
    'caller, arguments and callee',
    'Function.prototype.caller = 1; Function.prototype.arguments = 2; (function () { arguments.callee = 3 })()',
    'const seen = []; for (const f of [(g) => g.caller, (g) => g.arguments, function () { return arguments.callee }]) try { seen.push(typeof f(() => 1)) } catch (e) { seen.push(e.name) } return seen',
  ],
  [
    'a static method',
    'Object.keys = Promise.all = Array.isArray = Date.now = () => "left"',
    'return [Object.keys({ a: 1 }), Array.isArray([]), typeof Date.now(), await Promise.all([1])]',
  ],
  [
    'JSON, Math and Reflect',
    'JSON.stringify = Math.max = Reflect.has = () => "left"; Math.left = 1',
    'return [JSON.stringify(1), Math.max(1, 2), Reflect.has({}, "a"), typeof Math.left]',
  ],
  [
    'a property of a method',
    'Array.prototype.push.left = 1; Object.assign(JSON.parse, { cache: 2 })',
    'return [typeof [].push.left, typeof JSON.parse.cache]',
  ],
  [
    'the last match of a regular expression',
    '/(secret)/.exec("a secret b")',
    'return [typeof RegExp.$1, typeof RegExp.lastMatch, typeof RegExp["$&"], typeof RegExp.input, typeof RegExp.leftContext, Object.getOwnPropertyNames(RegExp).sort()]',
  ],
  [
    'RegExp.input assigned',
    'RegExp.input = "left"; RegExp.$_ = "left"; RegExp.multiline = true',
    'return [typeof RegExp.input, typeof RegExp.$_, typeof RegExp.multiline]',
  ],
  [
    'the index of a regular expression',
    'for (let i = 0; i < 3; i += 1) { const r = /a/g; r.test("aaaa"); r.left = 1 }',
    'const r = /a/g; return [r.lastIndex, typeof r.left]',
  ],
  [
    'methods of regular expressions',
    'RegExp.prototype.exec = () => null; RegExp.prototype.compile = 1; RegExp.prototype[Symbol.replace] = () => "left"',
    'return [/a/.test("a"), "a".replace(/a/, "b"), typeof /a/.compile]',
  ],
  [
    'Error.prepareStackTrace',
    'Error.prepareStackTrace = () => "left"',
    'return [typeof new Error("x").stack, new Error("x").stack === "left", typeof Error.prepareStackTrace]',
  ],
  [
    'prepareStackTrace on prototypes',
    'Object.prototype.prepareStackTrace = Function.prototype.prepareStackTrace = () => "left"',
    'return new Error("x").stack === "left"',
  ],
  ['Error.stackTraceLimit', 'Error.stackTraceLimit = { left: 1 }', 'return Error.stackTraceLimit'],
  [
    'Error.captureStackTrace',
    'Error.captureStackTrace.left = 1; Error.captureStackTrace = (o) => { o.stack = "left" }',
    'const o = {}; Error.captureStackTrace(o); return [o.stack === "left", typeof Error.captureStackTrace.left]',
  ],
  [
    'the getter behind stack',
    'const d = Object.getOwnPropertyDescriptor(new Error(), "stack"); for (const f of [d.get, d.set]) { try { f.left = 1 } catch {} try { Object.setPrototypeOf(f, { left: 2 }) } catch {} }',
    'const d = Object.getOwnPropertyDescriptor(new Error(), "stack"); return [typeof d.get?.left, typeof d.set?.left]',
  ],
  [
    'the name of errors',
    'Error.prototype.name = "Left"; TypeError.prototype.message = "left"',
    'return [new Error("x").name, new TypeError().message]',
  ],
  [
    'the prototypes of generators',
    'const g = function* () {}; const P = Object.getPrototypeOf(g); P.left = 1; P.prototype.left = 2; Object.getPrototypeOf(P.prototype).left = 3',
    'const g = (function* () {})(); return [typeof (function* () {}).left, typeof g.left]',
  ],
  [
    'the prototypes of asynchronous functions and generators',
    'const a = Object.getPrototypeOf(async () => 1); const g = Object.getPrototypeOf(async function* () {}); a.left = 1; g.left = 2; g.prototype.left = 3; Object.getPrototypeOf(g.prototype)[Symbol.asyncIterator] = 1',
    'return [typeof (async () => 1).left, typeof (async function* () {}).left, typeof (async function* () {})().left, typeof (async function* () {})()[Symbol.asyncIterator]]',
  ],
  [
    'the prototypes of iterators',
    'for (const i of [new Map().keys(), new Set().keys(), ""[Symbol.iterator](), "a".matchAll(/a/g), [].values().map((x) => x), Iterator.from({ next() {} }), new Intl.Segmenter().segment("a"), new Intl.Segmenter().segment("a")[Symbol.iterator]()]) try { Object.getPrototypeOf(i).left = 1 } catch {} Iterator.prototype.left = 2',
    'return [new Map().keys(), new Set().keys(), ""[Symbol.iterator](), "a".matchAll(/a/g), [].values().map((x) => x), Iterator.from({ next() {} }), new Intl.Segmenter().segment("a"), new Intl.Segmenter().segment("a")[Symbol.iterator]()].map((i) => typeof i.left)',
  ],
  [
    'typed arrays and buffers',
    'Object.getPrototypeOf(Int8Array).prototype.fill = 1; Object.getPrototypeOf(Int8Array).left = 2; ArrayBuffer.prototype.left = 3; DataView.prototype.left = 4',
    'return [typeof new Int8Array(1).fill, typeof Uint8Array.left, typeof new ArrayBuffer(1).left, typeof new DataView(new ArrayBuffer(1)).left]',
  ],
  [
    'memory that an array was in',
    'for (let i = 0; i < 50; i += 1) new Uint8Array(100_000).fill(7)',
    'let sum = 0; for (let i = 0; i < 50; i += 1) sum += new Uint8Array(100_000).reduce((a, b) => a + b); return sum',
  ],
  [
    'Symbol, and the registry of symbols',
    'Symbol.left = 1; Symbol.prototype.left = 2; Object.assign(Object(Symbol.for("shared")), { left: 3 })',
    'return [typeof Symbol.left, typeof Symbol("x").left, typeof Object(Symbol.for("shared")).left, Symbol.keyFor(Symbol.for("shared"))]',
  ],
  [
    'a registered symbol as a weak key',
    'new WeakMap().set(Symbol.iterator, 1)',
    'return [new WeakMap().get(Symbol.iterator), (() => { try { new WeakMap().set(Symbol.for("a"), 1) } catch (e) { return e.name } })()]',
  ],
  [
    'Intl and its formats',
    'Intl.left = 1; Intl.DateTimeFormat.left = 2; Intl.NumberFormat.prototype.formatToParts = () => "left"; new Intl.NumberFormat().format.left = 3; Intl.DateTimeFormat = class {}',
    'return [typeof Intl.left, typeof Intl.DateTimeFormat.left, Array.isArray(new Intl.NumberFormat().formatToParts(1)), typeof new Intl.NumberFormat().format.left, new Intl.DateTimeFormat("en").format(0)]',
  ],
  [
    'Temporal',
    'Temporal.left = 1; Temporal.Now.instant = () => "left"; Temporal.PlainDate.prototype.left = 2',
    'return [typeof Temporal.left, typeof Temporal.Now.instant().epochMilliseconds, typeof Temporal.PlainDate.from("2020-01-01").left]',
  ],
  [
    'Date',
    'Date.left = 1; Date.prototype.getTime = () => "left"; Date.prototype.constructor = 1; Date.parse.left = 2',
    'return [typeof Date.left, new Date(0).getTime(), new Date(0).constructor === Date, typeof Date.parse.left]',
  ],
  [
    'Math.random',
    'Math.random.left = 1; Math.random = () => 0.5',
    'return [typeof Math.random.left, Math.random() === Math.random()]',
  ],
  [
    'Promise',
    'Promise.prototype.then = () => "left"; Promise.resolve = () => "left"; Promise.left = 1; Object.defineProperty(Promise, Symbol.species, { value: 1 })',
    'return [await Promise.resolve(1).then((x) => x), typeof Promise.left, Promise[Symbol.species] === Promise]',
  ],
  [
    'Proxy and Reflect.construct',
    'Proxy.left = 1; Proxy.revocable = 2; Reflect.construct(Object, [], Array).left = 3',
    'return [typeof Proxy.left, typeof Proxy.revocable, typeof [].left]',
  ],
  [
    'the disabled constructors',
    'const F = (() => 1).constructor; F.left = 1; F.prototype.left = 2; eval.left = 3; Object.setPrototypeOf((async () => 1).constructor, { left: 4 })',
    'return [typeof (() => 1).constructor.left, typeof eval.left, typeof (async () => 1).constructor.left]',
  ],
  [
    'Symbol.unscopables of arrays',
    'Array.prototype[Symbol.unscopables].left = 1; Array.prototype[Symbol.unscopables] = 2',
    'return [typeof Array.prototype[Symbol.unscopables], typeof Array.prototype[Symbol.unscopables].left]',
  ],
  [
    'prevented extensions and sealed intrinsics',
    'Object.freeze(Math); Object.seal(Object.prototype); Object.preventExtensions(globalThis)',
    'globalThis.mine = 1; return globalThis.mine',
  ],
]
