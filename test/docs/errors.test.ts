import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

import { codesInSources, withoutSource } from './error-codes.ts'

const documented = [...readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `([a-z_]+)` \|/gm)].map(
  ([, code = '']) => code,
)

test('every error code of the sources is in docs/errors.md', () => {
  const undocumented = codesInSources().filter(({ code }) => !documented.includes(code))
  expect(undocumented).toEqual([])
})

test('docs/errors.md names no code that the sources no longer have', () => {
  expect(withoutSource(documented)).toEqual([])
})

test('docs/errors.md has each code once', () => {
  expect(documented.filter((code, place) => documented.indexOf(code) !== place)).toEqual([])
})

test('the search finds what is there: codes of every kind', () => {
  const found = codesInSources().map(({ code }) => code)
  for (const code of [
    'import_attributes',
    'invalid_configuration',
    'library_not_found',
    'schema_too_large',
    'embedded_server_root',
    'malformed_request',
    'memory_limit',
    'node_lost',
    'permanent_error',
    'row_security_off',
    'script_not_found',
    'typescript_not_erasable',
  ]) {
    expect(found).toContain(code)
  }
})
