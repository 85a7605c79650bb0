import { describeEveryday } from './compare.ts'

describeEveryday('parts of the language', [
  [
    'Temporal: dates, zones and durations',
    `const d = Temporal.PlainDate.from('2026-01-31').add({ months: 1 }); const z = Temporal.ZonedDateTime.from('2026-03-29T01:30[Europe/Berlin]').add({ hours: 1 }); return [d, d.until('2026-12-25'), z, z.hoursInDay, Temporal.Duration.from('PT90M').total('hours'), Temporal.PlainDate.compare('2026-01-01', '2025-01-01'), JSON.stringify({ d })]`,
  ],
  [
    'Temporal and Date',
    `const i = new Date(86400000).toTemporalInstant(); return [i, i.toZonedDateTimeISO('Asia/Tashkent').hour, new Date(i.epochMilliseconds).toISOString(), typeof Temporal.Now.instant().epochMilliseconds]`,
  ],
  [
    'dates',
    `const d = new Date(Date.UTC(2026, 1, 29, 12)); d.setUTCDate(0); return [d, d.toISOString(), d.getTimezoneOffset(), String(new Date(NaN)), new Date('2026-01-02').getTime(), Date.UTC(2000, 0), d > new Date(0), new Date(d).getUTCDay(), +new Date(2020, 0, 1)]`,
  ],
  [
    'Intl in several languages',
    `return [new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' }).format(1234.5), new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'Asia/Tokyo' }).format(0), new Intl.PluralRules('ru').select(3), new Intl.ListFormat('en').format(['a', 'b', 'c']), new Intl.RelativeTimeFormat('uz').format(-1, 'day'), ['ä', 'a', 'z'].sort(new Intl.Collator('sv').compare), [...new Intl.Segmenter('en', { granularity: 'word' }).segment('Hi you')].length, new Intl.DisplayNames('en', { type: 'region' }).of('UZ')]`,
  ],
  [
    'toLocaleString of every kind',
    `return [(1234.5).toLocaleString(), (1234.5).toLocaleString('fr'), new Date(0).toLocaleDateString('en-US', { timeZone: 'UTC' }), 10n.toLocaleString('de'), [1.5, 2].toLocaleString('de'), 'I'.toLocaleLowerCase('tr'), 'a'.localeCompare('b')]`,
  ],
  [
    'regular expressions: names, look-behind, sticky, sets',
    String.raw`const m = /(?<y>\d{4})-(?<m>\d\d)/u.exec('on 2026-03'); return [m.groups, m.index, 'a1b2'.replace(/(?<=[a-z])\d/g, (d) => d * 2), [...'x1y2'.matchAll(/([a-z])(\d)/g)].map(([, a, b]) => a + b), /[\p{L}--[a-z]]/v.test('é'), 'aBc'.split(/(?=[A-Z])/), /a.c/s.test('a\nc'), (() => { const r = /a/y; r.lastIndex = 1; return r.test('ba') })(), RegExp.escape?.('a.b')]`,
  ],
  [
    'replace with functions and named groups',
    String.raw`return ['John Smith'.replace(/(?<f>\w+) (?<l>\w+)/, '$<l>, $<f>'), 'a-b-c'.replaceAll('-', '$$'), 'x'.replace('x', '$&$&'), 'aXbX'.replace(/x/gi, (m, at) => at)]`,
  ],
  [
    'destructuring with defaults, rest and computed keys',
    `const k = 'dyn'; const { a = 1, [k]: b = 2, ...rest } = { c: 3, d: 4 }; const [x, , y = 5, ...z] = [1, 2, undefined, 6, 7]; const f = ({ q: { r = 8 } = {} } = {}) => r; return [a, b, rest, x, y, z, f(), f({ q: { r: 9 } })]`,
  ],
  [
    'optional chaining, nullish and logical assignment',
    `const o = { a: null, f() { return this.b }, b: 2 }; o.a ??= 5; o.b &&= 6; o.c ||= 7; return [o?.x?.y.z, o.f?.(), o.g?.(), o.a, o.b, o.c, null ?? 'd', 0 || 'e', 0 ?? 'f']`,
  ],
  [
    'tagged templates and raw text',
    'const tag = (s) => [s, s.raw, Object.isFrozen(s)]; return [tag`a\\nc`, String.raw`\\x`, `multi\nline`]',
  ],
  [
    'getters, setters and statics that are inherited',
    `class A { static #n = 0; static next() { return ++A.#n } get x() { return 1 } set x(v) { this.y = v } static get s() { return 's' + this.name } } class B extends A { get x() { return super.x + 1 } set x(v) { super.x = v * 2 } } const b = new B(); b.x = 5; return [b.x, b.y, B.s, A.next(), B.next()]`,
  ],
  [
    'private methods, brands and accessors',
    `class S { #v; constructor(v) { this.#v = v } get #d() { return this.#v * 2 } set #d(v) { this.#v = v } bump() { this.#d = this.#d + 1; return this.#v } static is(o) { return #v in o } } return [new S(2).bump(), S.is(new S(1)), S.is({})]`,
  ],
  [
    'new.target, abstract classes and symbols of species',
    `class Shape { constructor() { if (new.target === Shape) throw new TypeError('abstract') } } class Sq extends Shape {} let e; try { new Shape() } catch (x) { e = x.message } return [e, new Sq() instanceof Shape, Object.getPrototypeOf(Sq) === Shape]`,
  ],
  [
    'generators that delegate, return and are closed',
    `const seen = []; function* inner() { try { yield 1; yield 2 } finally { seen.push('closed') } } function* outer() { const r = yield* inner(); return r } for (const x of outer()) { seen.push(x); break } const [first] = outer(); return [seen, first]`,
  ],
  [
    'async generators in a pipeline',
    `async function* source() { for (let i = 0; i < 5; i += 1) { await null; yield i } } async function* map(it, f) { for await (const x of it) yield f(x) } async function* take(it, n) { for await (const x of it) { if (n-- <= 0) return; yield x } } return await Array.fromAsync(take(map(source(), (x) => x * x), 3))`,
  ],
  [
    'grouping, sorting and changing by copy',
    `const rows = [{ k: 'a', n: 2 }, { k: 'b', n: 1 }, { k: 'a', n: 0 }]; return [Object.groupBy(rows, (r) => r.k), [...Map.groupBy(rows, (r) => r.n > 0).keys()], rows.toSorted((x, y) => x.n - y.n).map((r) => r.n), [1, 2, 3].with(1, 9), [1, 2, 3].toSpliced(0, 1), [3, 1].toReversed(), rows.findLast((r) => r.k === 'a').n, [1, [2, [3]]].flat(Infinity), rows.at(-1).k]`,
  ],
  [
    'sets and their operations',
    `const a = new Set([1, 2, 3]), b = new Set([2, 3, 4]); return [[...a.union(b)], [...a.intersection(b)], [...a.difference(b)], [...a.symmetricDifference(b)], a.isSubsetOf(b), new Set([2]).isSubsetOf(a)]`,
  ],
  [
    'BigInt and numbers',
    `return [String(2n ** 64n), Number(10n), BigInt.asUintN(8, 257n).toString(), typeof 1n, 0.1 + 0.2, (25).toString(36), Number.parseFloat('1e3x'), Number.EPSILON > 0, (1.005).toFixed(2), Math.hypot(3, 4), Math.sign(-3), Math.clz32(1), 5 % -3, -5 % 3, 2 ** -1, Number('0x1f'), parseInt('08')]`,
  ],
  [
    'JSON with revivers, replacers and dates',
    `const t = JSON.stringify({ d: new Date(0), u: undefined, n: NaN, nested: [{ a: 1 }] }, null, 1); const back = JSON.parse(t, (k, v) => (k === 'd' ? new Date(v).getTime() : v)); return [t, back, JSON.stringify({ a: 1, b: 2 }, ['b']), JSON.stringify('\\u2028\\ud800'), JSON.stringify({ a: { toJSON: () => 'x' } })]`,
  ],
  [
    'typed arrays and views',
    `const v = new DataView(new ArrayBuffer(8)); v.setFloat32(0, 1.5); v.setInt16(4, -2, true); const u = new Uint8Array(v.buffer); return [[...u], v.getUint16(4, true), u.toHex(), Uint8Array.fromBase64('AQI=').length, new Uint8Array([1, 2]).toBase64(), [...new Float64Array([1, 2]).map((x) => x / 2)], [...new Uint8ClampedArray([300, -1])], u.subarray(0, 2).byteLength]`,
  ],
  [
    'text: padding, code points, normal forms',
    `return ['5'.padStart(3, '0'), [...'a😀'].length, 'é'.normalize('NFD').length, 'ab'.at(-1), 'a'.codePointAt(0), ' x '.trim(), 'abc'.includes('b'), 'x'.repeat(3), 'a,b'.split(','), '\\ud800'.isWellFormed(), encodeURIComponent('ä b'), decodeURIComponent('%C3%A4'), escape('ü'), 'ß'.toUpperCase()]`,
  ],
  [
    'labels, switch and comma',
    `const seen = []; a: for (let i = 0; i < 3; i += 1) { switch (i) { case 0: continue a; case 1: seen.push('one'); default: seen.push('more'); if (i === 2) break a } } let n = 0; do { n += 1; if (n === 2) continue } while (n < 4); return [seen, n, (1, 2)]`,
  ],
  [
    'closures, currying, memoising and debouncing',
    `const memo = (f, c = new Map()) => (x) => c.has(x) ? c.get(x) : (c.set(x, f(x)), c.get(x)); let calls = 0; const sq = memo((x) => { calls += 1; return x * x }); sq(3); sq(3); const curry = (f) => (a) => (b) => f(a, b); let fired = 0; const debounce = (f, ms) => { let t; return () => { clearTimeout(t); t = setTimeout(f, ms) } }; const d = debounce(() => { fired += 1 }, 5); d(); d(); d(); await new Promise((r) => setTimeout(r, 60)); return [calls, curry((a, b) => a - b)(5)(3), fired]`,
  ],
  [
    'using and disposal in order',
    `const seen = []; const res = (n) => ({ n, [Symbol.dispose]() { seen.push('d' + n) } }); { using a = res(1), b = res(2); seen.push(a.n + b.n) } { await using c = { async [Symbol.asyncDispose]() { await null; seen.push('async') } } } const s = new DisposableStack(); s.defer(() => seen.push('deferred')); s.dispose(); return seen`,
  ],
])
