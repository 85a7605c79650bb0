import { describeEveryday } from './compare.ts'

describeEveryday('asynchronous code and iteration', [
  [
    'Promise combinators',
    `const p = (v) => Promise.resolve(v); return [await Promise.all([p(1), 2]), await Promise.allSettled([p(1), Promise.reject(2)]), await Promise.race([p(3), new Promise(() => {})]), await Promise.any([Promise.reject(1), p(4)])]`,
  ],
  [
    'Promise.withResolvers and try',
    `const { promise, resolve } = Promise.withResolvers(); setTimeout(resolve, 1, 'r'); return [await promise, await Promise.try(() => 5)]`,
  ],
  [
    'a Promise subclass',
    `class P extends Promise { static get [Symbol.species]() { return Promise } log() { return 'logged' } } const p = P.resolve(1); return [p.log(), p instanceof P, p.then(() => 1) instanceof P, await p]`,
  ],
  [
    'thenables',
    `return [await { then(r) { r('thenable') } }, await Promise.resolve({ then: 1 }).then((v) => v.then)]`,
  ],
  [
    'order of microtasks and timers',
    `const seen = []; setTimeout(() => seen.push('timer')); queueMicrotask(() => seen.push('micro')); Promise.resolve().then(() => seen.push('then')); await null; seen.push('after'); await new Promise((r) => setTimeout(r, 20)); return seen`,
  ],
  [
    'microtasks of a timer before the next timer of the same time',
    `const seen = []; setTimeout(() => { seen.push('t1'); Promise.resolve().then(() => seen.push('m1')).then(() => seen.push('m2')) }, 0); setTimeout(async () => { seen.push('t2'); for (let i = 0; i < 20; i += 1) await null; seen.push('m3') }, 0); setTimeout(() => seen.push('t3'), 0); await new Promise((r) => setTimeout(r, 20)); return seen`,
  ],
  [
    'timers of one time in the order in which they were set, and delays as text',
    `const seen = []; setTimeout(() => seen.push('one'), 1); setTimeout(() => seen.push('zero'), 0); setTimeout(() => seen.push('slow'), '30'); setTimeout(() => seen.push('quick'), '10'); await new Promise((r) => setTimeout(r, 60)); return seen`,
  ],
  [
    'intervals',
    `return await new Promise((r) => { let n = 0; const i = setInterval(() => { n += 1; if (n === 3) { clearInterval(i); r(n) } }, 1) })`,
  ],
  [
    'async iteration',
    `const seen = []; async function* g() { for (let i = 0; i < 3; i += 1) { await null; yield i } } for await (const x of g()) seen.push(x); for await (const x of [Promise.resolve('a'), 'b']) seen.push(x); return seen`,
  ],
  [
    'an async iterable object',
    `const o = { async *[Symbol.asyncIterator]() { yield 1; yield 2 } }; const seen = []; for await (const x of o) seen.push(x); return [seen, await Array.fromAsync(o)]`,
  ],
  [
    'async generators that return and throw',
    `async function* g() { try { yield 1 } finally { yield 'cleanup' } } const i = g(); return [await i.next(), await i.return('r'), await i.next()]`,
  ],
  [
    'generators',
    `function* fib() { let [a, b] = [0, 1]; for (;;) { const reset = yield a; [a, b] = reset ? [0, 1] : [b, a + b] } } const g = fib(); return [g.next().value, g.next().value, g.next().value, g.next(true).value, [...fib().take(5)]]`,
  ],
  [
    'yield* and generator methods',
    `class T { constructor(v, k = []) { this.v = v; this.k = k } *[Symbol.iterator]() { yield this.v; for (const c of this.k) yield* c } } return [...new T(1, [new T(2), new T(3, [new T(4)])])]`,
  ],
  [
    'Symbol.iterator assigned to an object',
    `const r = {}; r[Symbol.iterator] = function* () { yield 1; yield 2 }; const [a, ...b] = r; return [a, b, Math.max(...r)]`,
  ],
  [
    'an array iterated in another way, by definition',
    `const a = [1, 2]; Object.defineProperty(a, Symbol.iterator, { value: function* () { yield 9 } }); return [...a]`,
  ],
  [
    'an iterator with methods of its own',
    `function It() { this.i = 0 } It.prototype = Object.create(Iterator.prototype); It.prototype.next = function () { return this.i < 2 ? { value: this.i++, done: false } : { done: true } }; return [...new It().map((x) => x + 1)]`,
  ],
  [
    'generator objects with replaced methods',
    `function* g() { yield 1 } const i = g(); i.next = () => ({ value: 'replaced', done: false }); return i.next()`,
  ],
  [
    'iterator helpers',
    `return [[1, 2, 3, 4].values().filter((x) => x % 2).map((x) => x * 10).toArray(), Iterator.from({ next: () => ({ done: true }) }).toArray(), new Set([1]).keys().some((x) => x === 1)]`,
  ],
  [
    'closures in loops',
    `const f = []; for (let i = 0; i < 3; i += 1) f.push(() => i); return f.map((g) => g())`,
  ],
  [
    'labelled blocks',
    `const seen = []; outer: for (const a of [1, 2]) { for (const b of [1, 2]) { if (b === 2) continue outer; seen.push([a, b]) } } block: { seen.push('in'); if (seen.length) break block } return seen`,
  ],
  [
    'concurrency with a limit',
    `let most = 0, now = 0; const work = async (n) => { now += 1; most = Math.max(most, now); await new Promise((r) => setTimeout(r, 2)); now -= 1; return n * 2 }; const queue = [1, 2, 3, 4, 5], out = []; await Promise.all([0, 1].map(async () => { for (let n; (n = queue.shift()); ) out.push(await work(n)) })); return [most, out.sort()]`,
  ],
  [
    'retries',
    `let tries = 0; async function flaky() { tries += 1; if (tries < 3) throw new Error('no'); return 'yes' } for (;;) try { return [await flaky(), tries] } catch { await null }`,
  ],
])
