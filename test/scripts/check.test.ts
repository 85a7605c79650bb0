import { describe, expect, test } from 'vitest'

import { checkScript, type ScriptToCheck } from '../../src/scripts/check.ts'

const main = 'export default async function (input, context) { return input }\n'

function check(source: string, script: Partial<ScriptToCheck> = {}) {
  return checkScript({ name: 'orders', source, type: 'event', ...script })
}

describe('checkScript accepts', () => {
  test.each<[string, string, Partial<ScriptToCheck>]>([
    ['a default function', main, {}],
    ['an imported handler it cannot judge', 'const run = make()\nexport default run\nfunction make() {}', {}],
    ['a default export by name', 'function run() {}\nexport { run as default }', {}],
    [
      'everything that can be imported',
      `import { log, sdk, PermanentError, RetryAfterError } from 'pgscript'\n${main}`,
      {},
    ],
    [
      'a library import, which only the database can judge',
      `import { vat } from 'pgscript:lib/pricing'\n${main}`,
      {},
    ],
    ['an embedded script that only passes on', "export * from 'pgscript:lib/pricing'", { type: 'embedded' }],
    ['the namespace', `import * as all from 'pgscript'\n${main}`, {}],
    ['TypeScript, unasked', 'export default (input: { id: number }): number => input.id', {}],
    ['TypeScript, said so', 'export default (input: unknown) => input', { language: 'typescript' }],
    ['a library', 'export const vat = (net) => net * 1.2', { type: 'embedded' }],
    ['a library with a plain default', 'export default { rate: 0.2 }', { type: 'embedded' }],
    ['a source of exactly the limit', main, { config: { maxSourceBytes: main.length } }],
  ])('%s', (_, source, script) => {
    const { state, findings, compiled } = check(source, script)

    expect(findings).toEqual([])
    expect(state).toBe('accepted')
    expect(compiled?.code).toContain('async function')
  })

  test.each([
    'const run = make()\nexport { run as default }\nfunction make() {}',
    'let main = 1\nmain = () => 2\nexport default main',
    'export { main as default }\nconst main = async () => 1',
    'class Main {}\nfunction main() { return new Main() }\nexport default main',
  ])('what may be a function: %s', (source) => {
    expect(check(source)).toMatchObject({ state: 'accepted', findings: [] })
  })

  test.each(['Цены-😀', '👩‍💻 jobs', 'می‌خواهم', 'a/b'])('the name %s', (name) => {
    expect(check(main, { name }).findings).toEqual([])
  })

  test('a script with a bidirectional control, and warns', () => {
    expect(check(`${main}// \u202e`)).toMatchObject({
      state: 'accepted',
      findings: [{ severity: 'warning', code: 'bidirectional_control', line: 2, column: 4 }],
    })
  })

  test.each([
    ['const a = 1 < 2, b = a > (3)\n', 'javascript'],
    ['const a = <T>(b: T) => b\n', 'typescript'],
  ])('%j and finds out the language: %s', (source, language) => {
    expect(check(source + main).compiled?.language).toBe(language)
  })
})

describe('checkScript rejects a default export by a name', () => {
  test.each([
    ['class Main {}\nexport default Main', 'a class', 2, 16],
    ['export class Main {}\nexport { Main as default }', 'a class', 2, 10],
    ['const main = { run() {} }\nexport default main', 'an object', 2, 16],
    ['export const main = class {}\nexport { main as default }', 'a class', 2, 10],
    ['export default undefined', 'undefined', 1, 16],
  ])('that is no function: %s', (source, what, line, column) => {
    const message = `The default export is ${what}, not a function. Write \`export default async function (input, context) { … }\`.`
    expect(check(source)).toMatchObject({
      state: 'rejected',
      findings: [{ code: 'default_export_not_function', message, line, column }],
    })
    expect(check(source, { type: 'embedded' }).state).toBe('accepted')
  })
})

describe('checkScript says of what it cannot read', () => {
  const typescript = 'This is TypeScript: name the file .ts, or save it with the language typescript.'
  const jsx = 'JSX is not supported; call functions instead.'
  test.each<[string, string, ScriptToCheck['language']]>([
    ['export default (a: number) => a', `Unexpected ":". ${typescript}`, 'javascript'],
    [
      'interface A {}\nexport default () => 1',
      `The keyword 'interface' is reserved. ${typescript}`,
      'javascript',
    ],
    ['export default (a: number) => )', 'Unexpected ":".', 'javascript'],
    ['export default () => <div>hi</div>', `Unexpected "<". ${jsx}`, 'javascript'],
    ['export default () => <></>', `Unexpected "<". ${jsx}`, 'javascript'],
    ['export default () => <div>hi</div>', `Unterminated regexp literal. ${jsx}`, 'typescript'],
    ['export default () => <Foo a={1} />', `Expected '>', got 'ident'. ${jsx}`, 'typescript'],
    ['export default () => a < ;', 'Unexpected ";".', 'javascript'],
    [
      'class A { accessor x = 1 }',
      '`accessor` fields are not supported. Write a getter and a setter.',
      'typescript',
    ],
    [
      'export default () => { if (1) {',
      "The script ends too early; a closing bracket or an expression is missing. (Expected '}', got '<eof>')",
      'typescript',
    ],
    ['export default () => 1 <!-- 2', 'A value cannot be assigned to this.', 'javascript'],
  ])('%s', (source, message, language) => {
    expect(check(source, { language }).findings).toMatchObject([{ code: 'syntax_error', message }])
  })

  test.each([
    '\t\t',
    '"😀" + ',
    '"日本語" + ',
    '"é" + ',
    '"👨‍👩‍👧🏽🇩🇪☺️✔️" + ',
    '"\u00a0\u3000\u200d" + ',
    '/* \u202e */ ',
  ])('the true place, whatever stands before it on the line: %j', (before) => {
    const line = `${before}1; const a: = 1`
    const [finding] = check(`type A = string\n${line}\n${main}`, { language: 'typescript' }).findings.filter(
      ({ severity }) => severity === 'error',
    )
    expect([finding?.line, finding?.column]).toEqual([
      2,
      line.lastIndexOf('=') < 0 ? 0 : line.indexOf(': =') + 3,
    ])
  })
})

describe('checkScript rejects', () => {
  test.each<[string, string, string, Partial<ScriptToCheck>]>([
    ['a syntax error', 'syntax_error', 'export default () => { return ) }', {}],
    [
      'TypeScript that is said to be JavaScript',
      'syntax_error',
      'export default (a: number) => a',
      { language: 'javascript' },
    ],
    ['an enum', 'typescript_not_erasable', `enum A { B }\n${main}`, {}],
    ['a namespace', 'typescript_not_erasable', `namespace A { export const b = 1 }\n${main}`, {}],
    [
      'a parameter property',
      'typescript_not_erasable',
      `class A { constructor(private b: number) {} }\n${main}`,
      {},
    ],
    ['no default export', 'no_default_export', 'export const a = 1', {}],
    ['an http script with a schema', 'schema_not_applicable', main, { type: 'http', inputSchema: true }],
    ['an empty source', 'no_default_export', '', {}],
    ['a library without exports', 'no_export', 'const a = 1', { type: 'embedded' }],
    ['a default number', 'default_export_not_function', 'export default 5', {}],
    ['a default object', 'default_export_not_function', 'export default { run() {} }', {}],
    ['a default class', 'default_export_not_function', 'export default class {}', {}],
    ['a module of Node’s', 'unknown_import', `import fs from 'fs'\n${main}`, {}],
    ['a module of Node’s by its prefix', 'unknown_import', `import fs from 'node:fs'\n${main}`, {}],
    ['a package', 'unknown_import', `import _ from 'lodash'\n${main}`, {}],
    ['an address', 'unknown_import', `import 'https://example.com/a.js'\n${main}`, {}],
    ['a name that looks like ours', 'unknown_import', `import 'pgscript/db'\n${main}`, {}],
    ['an unknown name', 'unknown_import_name', `import { everything } from 'pgscript'\n${main}`, {}],
    ['a default import', 'unknown_import_name', `import pgscript from 'pgscript'\n${main}`, {}],
    ['a dynamic import', 'dynamic_import', `await import('pgscript')\n${main}`, {}],
    ['import.meta', 'import_meta', `import.meta.url\n${main}`, {}],
    ['a NUL', 'control_character', `// \u0000\n${main}`, {}],
    ['a source above the limit', 'source_too_large', main, { config: { maxSourceBytes: main.length - 1 } }],
    ['a name too short', 'invalid_name', main, { name: 'ab' }],
  ])('%s', (_, code, source, script) => {
    const { state, findings, compiled } = check(source, script)

    expect(findings.map((finding) => finding.code)).toEqual([code])
    expect(state).toBe('rejected')
    expect(compiled).toBeUndefined()
  })

  test('and says where: line, column, the line itself', () => {
    expect(check('const a = 1\nconst b = )\n').findings).toEqual([
      {
        severity: 'error',
        code: 'syntax_error',
        message: 'Unexpected ")".',
        line: 2,
        column: 11,
        sourceLine: 'const b = )',
        caret: 11,
      },
    ])
  })

  test.each([
    ['const a: number = 1\nconst b: = 2', 2, 10],
    ['const 日本: string = "😀"; enum A { B }', 1, 26],
    ['\n\n\tenum A { B }', 3, 2],
    ['let a: number = (', 1, 18],
  ])('and says where in TypeScript: %j at %i:%i', (source, line, column) => {
    expect(check(source).findings).toMatchObject([{ line, column }])
  })

  test('and counts bytes, not characters', () => {
    const source = `${main}// ${'é'.repeat(10)}`

    expect(check(source, { config: { maxSourceBytes: source.length } }).findings).toMatchObject([
      { code: 'source_too_large' },
    ])
  })

  test('and cuts a long line around the column', () => {
    const [finding] = check(`${'a;'.repeat(5_000)} here ) ${'😀'.repeat(5_000)}`).findings

    expect(finding?.sourceLine?.length).toBe(160)
    expect(finding?.sourceLine).toContain('here )')
    expect(finding?.sourceLine?.isWellFormed()).toBe(true)
  })

  test('and names every import that is wrong', () => {
    const codes = check(`import 'a'\nimport { b } from 'pgscript'\nimport 'c'\n${main}`).findings.map(
      ({ code, line }) => [code, line],
    )
    expect(codes).toEqual([
      ['unknown_import', 1],
      ['unknown_import_name', 2],
      ['unknown_import', 3],
    ])
  })
})
