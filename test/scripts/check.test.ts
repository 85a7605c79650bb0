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
