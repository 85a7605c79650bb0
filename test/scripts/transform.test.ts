import { describe, expect, test } from 'vitest'

import { ScriptRefusedError } from '../../src/scripts/finding.ts'
import { compileScript } from '../../src/scripts/transform.ts'
import { evaluate, evaluateAsModule } from './evaluate.ts'

/** What can be compared of two evaluations of one source. */
function describeExports(exports: Record<string, unknown>) {
  const described = Object.entries(exports).map(([name, value]) =>
    typeof value === 'function' ? [name, 'function', value.name] : [name, typeof value, String(value)],
  )
  return described.sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
}

describe('a compiled script means what the module means', () => {
  test.each([
    ['a default function', 'export default function main(input) { return input }'],
    ['an anonymous default function', 'export default function (input) { return input }'],
    ['an anonymous generator', 'export default async function* () {}'],
    ['a default class that extends', 'export default class extends Array {}'],
    ['a default function on many lines', 'export\ndefault\nasync function\n(a) {}'],
    ['names like ours', 'const $main = 1, $from1 = 2\nexport default function () { return $main + $from1 }'],
    ['a default arrow', 'export default async (input) => input'],
    ['a default in parentheses', 'export default (function () {})'],
    ['a default glued to its bracket', 'export default(() => 1)'],
    ['a default expression', 'const f = () => 1\nexport default f'],
    ['a default regular expression', 'export default/a/g'],
    ['a default value read at its place', 'let a = 1\nexport default a\na = 2'],
    ['a default function replaced later', 'export default function f() {}\nf = 5'],
    ['a default class', 'export default class A { static name = "mine" }'],
    ['an anonymous class', 'export default class { run() {} }'],
    ['an anonymous class with a name of its own', 'export default class { static name = "mine" }'],
    ['comments between the words', 'export /* a */ // b\n default /* c */ function /* d */ f() {}'],
    ['a word like the keyword in a comment', 'export /* default */ default function () {}'],
    ['code on the default function’s line', 'export let a = 1; export default function () {} a = 2'],
    ['code glued to the default function', 'export let a = 1; export default function () {}a = 2'],
    [
      'a bracket after the default function',
      'export let a = 1; export default function () {}\n(() => { a = 2 })()',
    ],
    [
      'a bracket after the default class',
      'export let a = 1; export default class {}\n[0].map(() => { a = 2 })',
    ],
    ['a let that changes', 'export let a = 1\nfor (const n of [1, 2, 3]) a += n'],
    ['constants, classes, functions', 'export const a = 1, b = 2\nexport class C {}\nexport function d() {}'],
    ['patterns', 'export const { a, b: [c, ...d], ...e } = { a: 1, b: [2, 3], f: 4 }, [g = 5] = []'],
    ['renamed exports', 'const a = 1\nexport { a as b, a as "c d", a as default }'],
    ['exports before the declaration', 'export { f }\nfunction f() {}'],
    ['an empty export list', 'export {}\nexport const a = 1'],
    ['a function used before it stands', 'export const a = f()\nexport default function f() { return 3 }'],
    ['await at the top', 'export const a = await Promise.resolve(4)'],
    ['for await at the top', 'export let a = 0\nfor await (const n of [1, 2]) a += n'],
    ['an undefined `this`', 'export const a = typeof this'],
    ['strictness', 'export let a\ntry { undeclared = 1 } catch (error) { a = error.name }'],
    ['a comment at the end', 'export const a = 1 // the end'],
    ['an open statement at the end', 'export let a = 1\na\n++\na'],
    ['a bracket at the start', '(0, 1)\nexport const a = 1'],
    ['an export that ends a statement', 'let b = () => 2\nexport { b }\n(1)'],
    [
      'open statements before exports',
      'let async = 1\nasync\nexport function f() {}\nasync\nexport default (() => 1)\nasync\nexport let a = async',
    ],
    ['a hashbang', '#!/usr/bin/env node\nexport const a = 1'],
    [
      'text that looks like exports',
      'export const a = "export default 1" + `import x from "y"` + /export {}/',
    ],
    ['text that looks like an HTML comment', 'export const a = "<!-- a" + /<!--/.source // <!-- b'],
    [
      'names that we use ourselves',
      'const $import = 1, $exports = 2, $main = 3\nexport const a = $import + $exports + $main',
    ],
    [
      'names that we use, escaped',
      'const \\u0024exports = 2\nexport const a = $exports\nexport default () => a',
    ],
    ['names that we use, free', 'export const a = typeof $import + typeof $exports + typeof $main'],
    ['an `Object` of its own', 'const Object = 1\nexport default () => Object'],
    ['a property called arguments', 'export const a = { arguments: 1 }.arguments'],
    ['arguments of a function', 'export const a = (function () { return arguments.length })(1, 2)'],
    ['a `using` declaration', 'export let a = 1\nusing b = { [Symbol.dispose]() {} }\na = 2'],
    ['line ends of other kinds', 'export const a = "\u2028"\u2029export const b = 1'],
    ['a magic comment inside an export list', 'const a = 1, b = 2\nexport { a, //# sourceURL=x\n b }'],
    ['an odd hashbang', '#!# sourceURL=x\nexport const a = 1'],
    ['a semicolon on each side', ';export default function () {};export const a = 1;'],
  ])('%s', async (_, source) => {
    const expected = describeExports(await evaluateAsModule(source))

    expect(expected.length).toBeGreaterThan(0)
    expect(describeExports(await evaluate(source))).toEqual(expected)
  })

  test('a function’s state is new with each evaluation', async () => {
    const source = 'let calls = 0\nexport default () => ++calls'
    const results = []
    for (const _ of [1, 2]) {
      const { default: run } = await evaluate(source)
      results.push(typeof run === 'function' && run())
    }
    expect(results).toEqual([1, 1])
  })
})

describe('imports', () => {
  const modules = { pgscript: { db: 'db', log: 'log', default: 'sdk', 'a b': 'text' } }

  test.each([
    ['names', "import { db, log as l } from 'pgscript'\nexport const a = db + l", 'dblog'],
    ['the default', "import sdk from 'pgscript'\nexport const a = sdk", 'sdk'],
    ['the default and names', "import sdk, { db } from 'pgscript'\nexport const a = sdk + db", 'sdkdb'],
    ['the namespace', "import * as all from 'pgscript'\nexport const a = all.log", 'log'],
    [
      'the default and the namespace',
      "import s, * as all from 'pgscript'\nexport const a = s + all.log",
      'sdklog',
    ],
    ['a name that is a string', "import { 'a b' as t } from 'pgscript'\nexport const a = t", 'text'],
    [
      'use before the import',
      "export const a = f()\nfunction f() { return db }\nimport { db } from 'pgscript'",
      'db',
    ],
    [
      'an import over several lines',
      "import {\n  db, // one\n  log,\n} from 'pgscript'\nexport const a = db + log",
      'dblog',
    ],
    [
      'an import that ends a statement',
      "let a = () => 1\nimport { db } from 'pgscript'\n(a = db)\nexport { a }",
      'db',
    ],
    ['an export of an import', "import { db } from 'pgscript'\nexport { db as a }", 'db'],
    [
      'a shadowed import',
      "import { db } from 'pgscript'\nexport const a = (() => { const db = 1; return db })()",
      1,
    ],
    ['a type import beside others', "import { type Db, db } from 'pgscript'\nexport const a: Db = db", 'db'],
    ['a type-only import', "import type { X } from 'elsewhere'\nexport const a: X = 1", 1],
  ])('%s', async (_, source, expected) => {
    expect(await evaluate(source, modules)).toEqual({ a: expected })
  })

  test('an imported name is constant', async () => {
    await expect(evaluate("import { db } from 'pgscript'\ndb = 1", modules)).rejects.toThrow(TypeError)
  })

  test('an anonymous class that freezes itself still loads, though not under the name `default`', async () => {
    const exports = await evaluate('export default class { static { Object.freeze(this) } }')

    expect(exports.default).toBeTypeOf('function')
  })

  test('the specifiers and names are reported', () => {
    const source = "import sdk, { db as d } from 'pgscript'\nimport * as x from 'y'\nimport 'z'"
    const { imports } = compileScript({ source, fileName: 'script.js' })

    expect(imports).toMatchObject([
      {
        specifier: 'pgscript',
        names: [
          { imported: 'default', local: 'sdk' },
          { imported: 'db', local: 'd' },
        ],
      },
      { specifier: 'y', names: [{ imported: '*', local: 'x' }] },
      { specifier: 'z', names: [] },
    ])
  })
})

describe('what cannot be compiled is refused', () => {
  test.each([
    ['}) ; (function(){', 'syntax_error'],
    ['}\n})();(async function () {{', 'syntax_error'],
    ['return 1', 'syntax_error'],
    ['const a = 1\nconst a = 2', 'syntax_error'],
    ["import { a } from 'x'\nlet a", 'syntax_error'],
    ['export { missing }', 'syntax_error'],
    ['with (a) {}', 'syntax_error'],
    ['@decorated class A {}', 'syntax_error'],
    ["await import('pgscript')", 'dynamic_import'],
    ['const a = import.meta.url', 'import_meta'],
    ['const a = () => arguments', 'arguments_outside_function'],
    ['let a = 1, b = 2\na <!--b', 'html_comment'],
    ["export { a } from 'x' with { type: 'json' }", 'import_attributes'],
    ["export * from 'x' with { type: 'json' }", 'import_attributes'],
    ["import a from 'x' with { type: 'json' }", 'import_attributes'],
    ['const a = 1\nexport { a as __proto__ }', 'reserved_export'],
    ['enum A { B }', 'typescript_not_erasable'],
  ])('%j: %s', (source, code) => {
    let refusal: unknown
    try {
      compileScript({ source, fileName: 'script.js' })
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(ScriptRefusedError)
    expect(refusal).toMatchObject({ findings: [{ code, line: expect.any(Number) }] })
  })
})
