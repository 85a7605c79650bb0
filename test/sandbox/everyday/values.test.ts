import { describeEveryday } from './compare.ts'

describeEveryday('values', [
  [
    'dates',
    `const d = new Date('2024-02-29T12:34:56.789Z'); return [d, d.toISOString(), d.getUTCDay(), new Date(2024, 0, 31, 0).getTime(), Date.UTC(2020, 1), Date.parse('2020-01-01'), typeof Date(), new Date(NaN).getTime(), Date.length, Date.name, Object.prototype.toString.call(d)]`,
  ],
  [
    'dates that change',
    `const d = new Date(0); d.setUTCMonth(5); d.setUTCDate(31); d.toJSON = () => 'own'; return [d.getTime(), d, +d === d.valueOf(), new Date(d).getTime() === d.getTime()]`,
  ],
  [
    'a Date subclass',
    `class Day extends Date { next() { const n = new Day(this); n.setUTCDate(n.getUTCDate() + 1); return n } get [Symbol.toStringTag]() { return 'Day' } } const d = new Day('2024-12-31'); return [d.next(), d.next() instanceof Day, d instanceof Date, String(Object.prototype.toString.call(d)), Math.abs(new Day() - Date.now()) < 1000]`,
  ],
  [
    'the clock',
    `const t = Date.now(); return [Number.isInteger(t), Math.abs(new Date() - t) < 1000, new Date().constructor === Date, Math.abs(Date.parse(Date()) - t) < 2000, new Date() instanceof Date, (new Date(undefined)).getTime()]`,
  ],
  [
    'Intl with its defaults',
    `return [new Intl.NumberFormat().format(1234567.891), new Intl.DateTimeFormat().format(new Date(0)), new Intl.DateTimeFormat().resolvedOptions().timeZone, new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' }).format(12.5), new Intl.PluralRules('en').select(1), (1e6).toLocaleString(), new Intl.Collator().compare('a', 'B')]`,
  ],
  [
    'Intl without a date, and its parts',
    `const f = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeZone: 'UTC' }); return [f.format === f.format, typeof f.format(), f.formatToParts(0).length, ['a', 'b'].map(f.format.bind(null, 0)).length, [0, 864e5].map(f.format)]`,
  ],
  [
    'Intl lists, segments and relative times',
    `return [new Intl.ListFormat('en').format(['a', 'b', 'c']), [...new Intl.Segmenter('en', { granularity: 'word' }).segment('hi you')].map((s) => s.segment), new Intl.RelativeTimeFormat('en').format(-1, 'day'), new Intl.DisplayNames('en', { type: 'region' }).of('DE')]`,
  ],
  [
    'Temporal',
    `const d = Temporal.PlainDate.from('2024-01-31'); return [String(d.add({ months: 1 })), String(Temporal.Duration.from('PT90M').round({ largestUnit: 'hours' })), String(Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO('Europe/Berlin')), Temporal.Now.timeZoneId(), Math.abs(Temporal.Now.instant().epochMilliseconds - Date.now()) < 1000, String(Temporal.Now.plainDateISO()) === new Date().toISOString().slice(0, 10)]`,
  ],
  [
    'regular expressions',
    `const m = /(?<y>\\d{4})-(?<m>\\d\\d)/.exec('on 2024-05-01'); return [m.groups.y, m.index, 'aXbX'.replace(/x/gi, (c, i) => i), [...'a1b2'.matchAll(/([a-z])(\\d)/g)].map((x) => x[2]), 'a,b;c'.split(/[,;]/), /\\p{L}+/u.test('ä'), 'x'.search(/y/), /a/y.sticky]`,
  ],
  [
    'regular expressions with state',
    `const r = /a/g; const seen = []; while (r.test('aba')) seen.push(r.lastIndex); r.lastIndex = 5; r.exec = () => null; return [seen, r.lastIndex, r.test('a')]`,
  ],
  [
    'a RegExp subclass',
    `class R extends RegExp { exec(s) { const m = super.exec(s); if (m) m.extra = 1; return m } } return [new R('b').exec('abc').extra, 'abc'.replace(new R('b'), 'x'), new R('b', 'g').flags]`,
  ],
  [
    'JSON with dates, revivers and replacers',
    `const t = JSON.stringify({ at: new Date(0), u: undefined, n: null, b: [undefined, NaN] }); return [t, JSON.parse(t, (k, v) => (k === 'at' ? new Date(v).getTime() : v)), JSON.stringify({ a: 1, b: 2 }, ['b']), JSON.stringify({ a: [1] }, null, 2), JSON.stringify({ __proto__: { x: 1 }, toJSON: undefined, toString: 1 })]`,
  ],
  [
    'keys that are names of prototypes, parsed',
    `return JSON.parse('{"constructor":1,"__proto__":{"a":1},"toString":2,"hasOwnProperty":3}')`,
  ],
  [
    'BigInt',
    `return [String(2n ** 64n), Number(5n / 2n), BigInt.asUintN(8, 257n).toString(), typeof 1n, 1n < 2, (123456789012345678901234567890n).toLocaleString('en')]`,
  ],
  [
    'numbers',
    `return [0.1 + 0.2, (255).toString(16), (1.005).toFixed(2), Number('0x1f'), parseInt('12px'), parseFloat('.5'), Number.MAX_SAFE_INTEGER, Math.hypot(3, 4), Math.clz32(1), isNaN('x'), (1e21).toString(), Number.EPSILON > 0]`,
  ],
  [
    'random numbers',
    `const r = Array.from({ length: 1000 }, () => Math.random()); return [r.every((x) => x >= 0 && x < 1), new Set(r).size > 990, Math.abs(r.reduce((a, b) => a + b) / 1000 - 0.5) < 0.1, Math.random.name, Math.random.length]`,
  ],
  [
    'strings',
    `return ['ä'.normalize('NFD').length, 'abc'.at(-1), 'a-b-c'.replaceAll('-', '+'), ' x '.trim(), 'x'.padStart(3, '01'), [...'👍a'].length, 'I'.localeCompare('i'), 'ß'.toUpperCase(), String.raw\`a\\n\`, 'abc'.substr(1, 1), escape('ü'), encodeURIComponent('a b&'), 'a\\uD800'.isWellFormed()]`,
  ],
  [
    'tagged templates',
    `const seen = []; const tag = (s, ...v) => { seen.push(s); return s.raw.join('|') + v.join() }; const f = (x) => tag\`a\${x}b\\t\`; f(1); f(2); return [seen[0] === seen[1], Object.isFrozen(seen[0]), f(3)]`,
  ],
  [
    'arrays',
    `const a = [3, 1, 2]; return [a.toSorted(), a.with(0, 9), a.toSpliced(1, 1), a.findLast((x) => x > 1), [[1, [2]]].flat(Infinity), a.includes(2), Array.from('ab', (c) => c + c), Array.of(7), a.copyWithin(0, 1), [1, 2, 3].reduceRight((x, y) => x + '-' + y), [, 1].length, [...[1, 2].entries()]]`,
  ],
  [
    'an Array subclass',
    `class S extends Array { get last() { return this[this.length - 1] } push(x) { return super.push(x + 1) } } const s = S.from([1, 2]); s.push(5); return [s, s.last, s.map((x) => x) instanceof S, s.concat([1]) instanceof S, S.of(1).length, s.length]`,
  ],
  [
    'sorting is stable and takes comparers',
    `return [['b1', 'a2', 'b0', 'a1'].sort((x, y) => x.charCodeAt(0) - y.charCodeAt(0)), [10, 9, 1].sort(), ['é', 'z', 'a'].sort(Intl.Collator('fr').compare), [3, undefined, 1].sort()]`,
  ],
  [
    'typed arrays and buffers',
    `const b = new ArrayBuffer(8); const v = new DataView(b); v.setFloat32(0, 1.5); const u = new Uint8Array(b); u.set = function () { return 'own' }; class F extends Float64Array { get sum() { return this.reduce((x, y) => x + y, 0) } } return [[...u], u.set(), new F([1, 2]).sum, [...new Uint8ClampedArray([300, -5])], b.slice(0, 2).byteLength, ArrayBuffer.isView(v), new Uint16Array([1, 2]).subarray(1).length]`,
  ],
  [
    'Map and Set methods',
    `const m = new Map([[NaN, 1], ['b', 2]]); const s = new Set([1, 2, 3]); return [m.get(NaN), [...m.keys()].length, [...s.union(new Set([4]))], s.isSubsetOf(new Set([1, 2, 3, 4])), [...Map.groupBy([1, 2, 3], (n) => n % 2)], m.size]`,
  ],
  [
    'WeakMap and WeakSet',
    `const w = new WeakMap(), k = {}; const s = new WeakSet([k]); w.set(k, 1); return [w.get(k), w.has({}), s.has(k), w.delete(k), w.has(k)]`,
  ],
  [
    'destructuring with defaults',
    `const { a = 1, b: { c = 2, ...r } = {}, ...rest } = { b: { d: 3 }, e: 4 }; const [x = 5, , y = 6, ...z] = [undefined, 1, null, 7]; const f = ({ p = 1 } = {}, [q] = [2]) => p + q; return [a, c, r, rest, x, y, z, f()]`,
  ],
  [
    'optional chaining and nullish assignment',
    `const o = { a: { b: null }, f: () => 1 }; o.a.b ??= 5; o.x ||= 1; o.a &&= { ...o.a, z: 1 }; return [o?.a?.b, o.q?.r.s.t, o.f?.(), o.g?.(), o?.['a'].z, o.a, delete o?.a?.b]`,
  ],
  [
    'symbols',
    `const s = Symbol('d'); return [s.description, Symbol.for('k') === Symbol.for('k'), Symbol.keyFor(Symbol.for('k')), typeof s, Object(s) == s, { [s]: 1 }[s], String(s)]`,
  ],
  [
    'var, functions and blocks',
    `const seen = [typeof later, typeof hoisted]; { function inner() { return 1 } seen.push(inner()) } function later() {} var hoisted = 1; switch (3) { case 1: seen.push('no'); default: seen.push('yes') } do { seen.push('once') } while (false); return seen`,
  ],
  [
    'arguments, rest and default parameters',
    `function f(a, b = a * 2, ...c) { return [arguments.length, a, b, c, f.length] } const g = (...a) => a.length; return [f(1), f(1, 2, 3, 4), g(), Array.prototype.slice.call((function () { return arguments })(1, 2), 1)]`,
  ],
  [
    'names that scripts give their own things',
    `const console = 1, sdk = 2; let setTimeout = 3; class Map {} function queueMicrotask() { return 4 } const globalThis = 5; return [console, sdk, setTimeout, typeof Map, queueMicrotask(), globalThis]`,
  ],
  [
    'exceptional numbers of things',
    `return [new Array(5).fill().map((_, i) => i), Array.from({ length: 3 }, (_, i) => i ** 2), 'ab'.repeat(3), Math.max(), [].concat([1], 2, [[3]]), Number([]), [] + {}]`,
  ],
  [
    'event emitters and memoised functions',
    `class Em { #h = new Map(); on(n, f) { (this.#h.get(n) ?? this.#h.set(n, []).get(n)).push(f); return this } emit(n, ...a) { return (this.#h.get(n) ?? []).map((f) => f(...a)) } } const memo = (f, c = new Map()) => (x) => c.get(x) ?? c.set(x, f(x)).get(x); let calls = 0; const sq = memo((x) => { calls += 1; return x * x }); return [new Em().on('a', (x) => x + 1).emit('a', 1), sq(3), sq(3), calls]`,
  ],
])
