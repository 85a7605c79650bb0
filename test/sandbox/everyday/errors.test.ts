import { describeEveryday } from './compare.ts'

describeEveryday('errors', [
  [
    'a subclass that sets its name',
    `class E extends Error { constructor(m) { super(m); this.name = 'E'; this.extra = 1 } } const e = new E('x'); return [String(e), e instanceof E, e instanceof Error, Object.keys(e)]`,
  ],
  [
    'a subclass that sets its message',
    `class E extends TypeError { constructor() { super(); this.message = 'late'; this.toString = () => 'own' } } return [new E().message, String(new E())]`,
  ],
  [
    'a name on the prototype',
    `class E extends RangeError {} ; E.prototype.name = 'Ranged'; return [String(new E('x')), Object.keys(E.prototype)]`,
  ],
  [
    'a subclass as before classes',
    `function E(m) { this.message = m; Error.captureStackTrace?.(this, E) } ; E.prototype = Object.create(Error.prototype); E.prototype.constructor = E; E.prototype.name = 'Old'; return [String(new E('m')), new E('m') instanceof Error, typeof new E('m').stack]`,
  ],
  [
    'name and message assigned to an error',
    `const seen = []; for (const C of [Error, TypeError, RangeError, SyntaxError, ReferenceError, URIError, EvalError]) { const e = new C('a'); e.name = 'N'; e.message = 'b'; e.code = 7; seen.push(String(e)) } return seen`,
  ],
  [
    'causes',
    `const e = new Error('a', { cause: new TypeError('b') }); return [e.cause.message, 'cause' in new Error('x')]`,
  ],
  [
    'AggregateError',
    `try { await Promise.any([Promise.reject(new Error('1')), Promise.reject(2)]) } catch (e) { return [e.name, e.errors.map(String)] }`,
  ],
  [
    'a stack that is assigned',
    `const e = new Error('x'); e.stack = 'mine'; return [e.stack, typeof new Error('y').stack]`,
  ],
  [
    'a stack limit that is set',
    `Error.stackTraceLimit = 1; const n = new Error('x').stack.split('\\n').length; Error.stackTraceLimit = 0; return [n, new Error('x').stack.split('\\n').length]`,
  ],
  [
    'finally and rethrown errors',
    `const seen = []; try { try { throw 1 } finally { seen.push('f') } } catch (e) { seen.push(e) } return seen`,
  ],
  [
    'errors of the language',
    `const seen = []; for (const f of [() => null.x, () => undefinedName, () => new Array(-1), () => decodeURI('%'), () => JSON.parse('{'), () => 1n + 1]) try { f() } catch (e) { seen.push([e.name, e.constructor.name, e instanceof Error]) } return seen`,
  ],
  [
    'an error as data',
    `class Problem extends Error { name = 'Problem'; constructor(code, details) { super(code); this.code = code; this.details = details } toJSON() { return { code: this.code, details: this.details } } } return JSON.stringify(new Problem('e1', { a: [1] }))`,
  ],
  [
    'Error.isError and Error.prototype.toString',
    `return [Error.isError?.(new TypeError()), Error.prototype.toString.call({ name: 'a', message: 'b' }), String(new Error('', {}))]`,
  ],
  [
    'SuppressedError and disposal',
    `const seen = []; { using r = { [Symbol.dispose]() { seen.push('disposed') } }; seen.push('used') } return seen`,
  ],
])
