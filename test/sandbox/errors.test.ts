import { describe, expect, test } from 'vitest'

import { isolations, job, useSandbox } from './jobs.ts'

describe.each(isolations)('errors with isolation %s', (isolation) => {
  const sandbox = useSandbox({ hosts: 1 })
  const failing = async (source: string) => (await sandbox.it.run(job(source, { isolation }))).error

  test('point at the place in the source', async () => {
    const source = [
      'const price = (order) => order.total.amount',
      '',
      'export default async () => {',
      '  await null',
      '  return price({})',
      '}',
    ].join('\n')
    const error = await failing(source)
    expect(error).toMatchObject({
      code: 'script_error',
      type: 'TypeError',
      line: 1,
      column: 38,
      sourceLine: 'const price = (order) => order.total.amount',
      retryable: true,
    })
    expect(error?.caret).toBe(`${' '.repeat(37)}^`)
    const [head, ...frames] = error?.stack.split('\n') ?? []
    expect(head).toBe(`TypeError: ${error?.message}`)
    expect(frames).toHaveLength(2)
    expect(frames[1]).toMatch(/hello\.js:5:10\)$/)
  })

  test('count lines as V8 does, and the caret is as wide as tabs before it', async () => {
    const error = await failing(
      "const a = 'one\u2028line'\nexport default () => {\n\tif (a) throw new Error('é👍')\n}",
    )
    expect(error).toMatchObject({ line: 4, column: 15, sourceLine: "\tif (a) throw new Error('é👍')" })
    expect(error?.caret).toBe(`\t${' '.repeat(13)}^`)
  })

  test('that are too long with all of their causes come without them', async () => {
    const error = await failing(`export default () => {
      const text = '\\u0001'.repeat(5000)
      const many = () => Array.from({ length: 5 }, () => new Error(text, { cause: new Error(text) }))
      throw new AggregateError(many(), 'all', { cause: new AggregateError(many(), text) })
    }`)
    expect([error?.type, error?.message, error?.line]).toEqual(['AggregateError', 'all', 4])
    expect(error?.cause).toBeUndefined()
  })

  test('show no frame or path of ours', async () => {
    const error = await failing(
      'export default () => new Promise((_, no) => setTimeout(() => { try { setTimeout(1) } catch (e) { no(e) } }, 1))',
    )
    expect(error?.stack).toContain('hello.js:1')
    expect(error?.stack).not.toMatch(/guest|isolated|node:|\/|file:/)
  })

  test('keep their causes, to a depth', async () => {
    const error = await failing(`export default () => {
      let error = new Error('0')
      for (let i = 1; i < 50; i += 1) error = new TypeError(String(i), { cause: error })
      throw error
    }`)
    expect([error?.message, error?.cause?.message, error?.cause?.cause?.message]).toEqual(['49', '48', '47'])
    let depth = 0
    for (let cause = error?.cause; cause; cause = cause.cause) depth += 1
    expect(depth).toBe(4)
  })

  test('keep the errors of an AggregateError: five, each with a cause, also below a cause', async () => {
    const error = await failing(`export default async () => {
      const inner = new AggregateError([new Error('deeper')], 'inner', { cause: new Error('why') })
      const errors = [inner, 'text', ...Array.from({ length: 50 }, (_, i) => new RangeError(String(i)))]
      const all = await Promise.any(errors.map((error) => Promise.reject(error))).catch((error) => error)
      throw new Error('outer', { cause: all })
    }`)
    const { errors, type } = error?.cause ?? {}
    expect(type).toBe('AggregateError')
    expect(errors?.map((each) => [each.type, each.message])).toEqual([
      ['AggregateError', 'inner'],
      ['string', 'text'],
      ['RangeError', '0'],
      ['RangeError', '1'],
      ['RangeError', '2'],
    ])
    expect(errors?.[0]).toMatchObject({ code: 'script_error', line: 2, cause: { message: 'why' } })
    expect(errors?.[0]).not.toHaveProperty('errors')
  })

  test.for([
    '{ get length() { throw 1 } }',
    'new Proxy([], { get() { throw 1 } })',
    '(() => { const { proxy, revoke } = Proxy.revocable([], {}); revoke(); return proxy })()',
    'Object.assign([], { length: 2 ** 32 - 1 })',
  ])('with hostile errors in them are recorded: %s', async (errors) => {
    const error = await failing(`export default () => {
      throw Object.assign(new Error('own'), { errors: ${errors} })
    }`)
    expect([error?.code, error?.message]).toEqual(['script_error', 'own'])
    expect(error?.errors?.length ?? 0).toBeLessThanOrEqual(5)
  })

  test.for([
    ["'x'", 'string', 'x'],
    ['null', 'null', 'null'],
    ['undefined', 'undefined', 'undefined'],
    ['7n', 'bigint', '7'],
    ['Symbol("s")', 'symbol', 'Symbol(s)'],
    ['{ message: "plain" }', 'Error', 'plain'],
    ['{}', 'Error', 'A value that is not an Error was thrown.'],
    ['new Proxy({}, { get() { throw 1 } })', 'Error', 'A value that is not an Error was thrown.'],
  ])('may be anything: throw %s', async ([thrown, type, message]) => {
    expect(await failing(`export default () => { throw ${thrown} }`)).toMatchObject({ type, message })
  })

  test('say whether a retry may help', async () => {
    const seen = []
    for (const thrown of [
      'new Error("a")',
      'new sdk.PermanentError("b")',
      'new (class Mine extends sdk.PermanentError {})("c")',
      'new sdk.RetryAfterError(30, "d")',
      // As a Retry-After header has it.
      'new sdk.RetryAfterError("120")',
    ]) {
      const error = await failing(`export default () => { throw ${thrown} }`)
      seen.push([error?.code, error?.retryable, error?.retryAfterSeconds])
    }
    expect(seen).toEqual([
      ['script_error', true, undefined],
      ['permanent_error', false, undefined],
      ['permanent_error', false, undefined],
      ['retry_after', true, 30],
      ['retry_after', true, 120],
    ])
    const error = await failing(
      'export default () => { throw new sdk.RetryAfterError(new Date(Date.now() + 90_000).toUTCString()) }',
    )
    expect(error?.retryAfterSeconds).toBeGreaterThan(80)
    expect(error?.retryAfterSeconds).toBeLessThanOrEqual(90)
  })

  test.for([
    ['{ a: 1, list: [2] }', 'Error', 'A value that is not an Error was thrown: {"a":1,"list":[2]}'],
    ['[1, "two"]', 'Error', 'A value that is not an Error was thrown: [1,"two"]'],
    [
      '{ text: "x".repeat(5000) }',
      'Error',
      `A value that is not an Error was thrown: {"text":"${'x'.repeat(491)}…`,
    ],
    ['new Map([[1, 2]])', 'Error', 'A value that is not an Error was thrown.'],
    ['{ toJSON() { throw 1 } }', 'Error', 'A value that is not an Error was thrown.'],
    ['function named() {}', 'function', 'A value that is not an Error was thrown.'],
  ])('without a message show what they are: throw %s', async ([thrown, type, message]) => {
    expect(await failing(`export default () => { throw ${thrown} }`)).toMatchObject({ type, message })
  })

  test.for([
    ['class OrderError extends Error {}; throw new OrderError("x")', 'OrderError'],
    ['class OrderError extends TypeError {}; throw new OrderError("x")', 'OrderError'],
    ['class OrderError extends Error { name = "Named" }; throw new OrderError("x")', 'Named'],
    ['throw new (class extends Error {})("x")', 'Error'],
    ['throw Object.assign(new Error("x"), { constructor: null })', 'Error'],
    ['null.x', 'TypeError'],
  ])('are of the type that their class says: %s', async ([body, type]) => {
    const error = await failing(`export default () => { ${body} }`)
    expect(error?.type).toBe(type)
    expect(error?.stack).toMatch(new RegExp(`^${type}: `))
  })

  test('without a message have a stack that begins as in Node.js', async () => {
    const error = await failing('export default () => { throw new RangeError() }')
    expect(error?.stack.split('\n')[0]).toBe('RangeError')
  })

  test('that are among their own causes or errors are told once', async () => {
    const error = await failing(`export default () => {
      const outer = new AggregateError([], 'outer')
      outer.cause = new Error('inner', { cause: outer })
      outer.errors.push(outer, new Error('one'))
      throw outer
    }`)
    expect([error?.cause?.message, error?.cause?.cause]).toEqual(['inner', undefined])
    expect(error?.errors?.map(({ message }) => message)).toEqual(['one'])
  })

  test('while leaving a block are told with the one that was the reason to leave', async () => {
    const error = await failing(`export default () => {
      using file = { [Symbol.dispose]() { throw new TypeError('closing') } }
      throw new RangeError('working')
    }`)
    expect(error?.type).toBe('SuppressedError')
    expect(error?.errors).toMatchObject([
      { type: 'TypeError', message: 'closing', line: 2 },
      { type: 'RangeError', message: 'working', line: 3 },
    ])
  })

  test('are placed by their own frames where the message holds those of another', async () => {
    const error = await failing(`export default () => {
      const inner = 'Error: inner\\n    at fake (hello.js:99:9)'
      throw new Error(inner)
    }`)
    expect([error?.line, error?.column]).toEqual([3, 13])
    expect(error?.stack.split('\n').slice(2)).toHaveLength(1)
  })

  test('that hold the stack of another one in their message hold no frame of ours', async () => {
    const error = await failing(`export default () => {
      try { null.x } catch (error) { throw new Error('failed: ' + error.stack) }
    }`)
    expect(error?.message).toMatch(/^failed: TypeError: .*\n {4}at \S+ \(hello\.js:2:18\)$/)
    expect([error?.line, error?.column]).toEqual([2, 44])
  })

  test('in a very long line come with the part of it around the place', async () => {
    const line = `${'var a = 1;'.repeat(300)}null.x;${'var b = 1;'.repeat(300)}}`
    const error = await failing(`export default () => {\n${line}`)
    expect([error?.line, error?.column]).toEqual([2, 3006])
    expect(error?.sourceLine).toHaveLength(160)
    expect(error?.sourceLine?.slice((error.caret ?? '').length - 1)).toMatch(/^x;var b/)
    const last = await failing(`export default () => {\n${'var a = 1;'.repeat(300)}null.x }`)
    expect(last?.sourceLine?.slice((last.caret ?? '').length - 1)).toBe('x }')
  })

  test('show no character of the line that changes how it is read', async () => {
    const error = await failing('export default () => { const s = "\u202eabc"; null.x }')
    expect(error?.sourceLine).toBe('export default () => { const s = "\ufffdabc"; null.x }')
  })

  test('of something else than a function as default export say what it is', async () => {
    const error = await failing('const main = [{}][0]\nexport default main')
    expect([error?.code, error?.message]).toEqual([
      'no_default_export',
      'The script has no default export that is a function; it is object. Write `export default async function (input, context) { … }`.',
    ])
  })

  test('with hostile properties end in bounded text', async () => {
    const error = await failing(`export default () => {
      const error = new Error('m'.repeat(1e6))
      error.name = 'n'.repeat(1e6)
      error.code = 'timeout'
      Object.defineProperty(error, 'cause', { get() { throw error } })
      throw error
    }`)
    expect(error?.code).toBe('script_error')
    expect(JSON.stringify(error).length).toBeLessThan(30_000)
    expect(error?.line).toBe(2)
  })
})

describe.each(isolations)('a result that cannot become JSON with isolation %s', (isolation) => {
  const sandbox = useSandbox({ hosts: 1 })

  test.for([
    ['({ items: [{ total: 1n }] })', 'output.items.0.total is a BigInt'],
    ['(() => { const a = {}; a.a = a; return a })()', 'circular'],
    ['() => 1', 'output is a function'],
    ['Symbol("s")', 'output is a symbol'],
    ['({ toJSON() { throw new Error("no") } })', 'no'],
    ['{ let a = []; for (let i = 0; i < 5e4; i += 1) a = [a]; return a }', 'levels deep'],
  ])('fails with the reason: %s', async ([value, reason]) => {
    const { status, error } = await sandbox.it.run(job(`export default () => ${value}`, { isolation }))
    expect([status, error?.code, error?.retryable]).toEqual(['failed', 'output_not_serializable', false])
    expect(error?.message).toContain(reason)
  })

  test('for an error of the author names the place in it, and has the error as its cause', async () => {
    const { error } = await sandbox.it.run(
      job(
        `export default () => ({
          list: [1, { get total() {
            throw new RangeError('not yet')
          } }],
        })`,
        { isolation },
      ),
    )
    expect(error?.message).toBe(
      "The script's result cannot become JSON: output.list.1.total: RangeError: not yet",
    )
    expect(error?.cause).toMatchObject({ type: 'RangeError', message: 'not yet', line: 3 })
  })
})

describe('errors that the sandbox is the reason of', () => {
  const sandbox = useSandbox({ hosts: 1 })
  const messageOf = async (code: string) => {
    const { error } = await sandbox.it.run(job(`export default () => {\n${code} }`))
    return error?.message
  }
  const readOnly = 'The built-in objects are read-only here: make a function or a class of your own.'

  test.for([
    ['Array.prototype.last = 1', `Cannot add property last, object is not extensible. ${readOnly}`],
    [
      'BigInt.prototype.toJSON = () => 1',
      `Cannot add property toJSON, object is not extensible. ${readOnly}`,
    ],
    [
      'Object.defineProperty(String.prototype, "shout", { value: 1 })',
      `Cannot define property shout, object is not extensible. ${readOnly}`,
    ],
    ['Array.prototype.map = 1', "Cannot assign to 'map': the built-in objects are read-only here."],
    [
      'new Function("return 1")',
      /^Function is not available: the tenant may make code|^Function is not available: code/,
    ],
    ['require("fs")', /^require is not defined: nothing of Node\.js is there; .* may import 'pgscript'/],
    ['new WeakRef({})', /^WeakRef is not defined: nothing may depend on when memory is collected\.$/],
    [
      'function L() {} L.prototype = Object.create(Array.prototype); L.prototype.constructor = L',
      /may define it, with Object\.defineProperty\.$/,
    ],
  ] as const)('say so: %s', async ([code, expected]) => {
    if (typeof expected === 'string') expect(await messageOf(code)).toBe(expected)
    else expect(await messageOf(code)).toMatch(expected)
  })

  test.for([
    'const settings = Object.freeze({}); settings.at = new Date()',
    'const list = Object.freeze([]); list.push(new Map())',
    'undefinedName',
  ])('leave alone what has another reason: %s', async (code) => {
    expect(await messageOf(code)).toMatch(/(not extensible|is not defined)$/)
  })
})
