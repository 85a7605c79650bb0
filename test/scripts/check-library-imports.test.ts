import { expect, test } from 'vitest'

import {
  checkLibraryImports,
  type LoadedLibrary,
  type ResolvedImport,
} from '../../src/scripts/check-library-imports.ts'
import { compileScript } from '../../src/scripts/transform.ts'

const main = "import 'pgscript:lib/one'\nimport { a } from 'pgscript:lib/two'\nexport default () => a"
const { imports } = compileScript({ source: main, fileName: 'main.js' })
const loads = (name: string, libraries: LoadedLibrary[]): ResolvedImport => ({
  specifier: `pgscript:lib/${name}`,
  libraryId: name,
  libraryVersion: 1,
  type: 'embedded',
  exports: ['a'],
  libraries,
})
const check = (one: LoadedLibrary[], two: LoadedLibrary[]) =>
  checkLibraryImports({
    source: main,
    imports,
    resolved: [loads('one', one), loads('two', two)],
    scriptId: 'main',
  })
const many = (count: number, from = 0): LoadedLibrary[] =>
  Array.from({ length: count }, (_, index) => ({ id: `${from + index}`, version: 1, depth: 1, bytes: 10 }))

test('what both imports load counts once', () => {
  expect(check(many(50), many(50))).toEqual([])
})

test.each<[string, LoadedLibrary[], LoadedLibrary[]]>([
  ['51 libraries', many(50), many(1, 50)],
  ['two versions of one beyond 50', many(50), [{ id: '0', version: 2, depth: 1, bytes: 10 }]],
  ['a chain of nine', many(1), [{ id: 'deep', version: 1, depth: 9, bytes: 1 }]],
  [
    'more than 1 MB',
    [{ id: 'a', version: 1, depth: 1, bytes: 600_000 }],
    [{ id: 'b', version: 1, depth: 1, bytes: 600_000 }],
  ],
])('%s are too much', (_, one, two) => {
  expect(check(one, two)).toMatchObject([{ code: 'library_limit', severity: 'error', line: 1 }])
})

test('a library whose exports are not known passes', () => {
  const resolved = [loads('one', []), { ...loads('two', []), exports: null }]
  expect(checkLibraryImports({ source: main, imports, resolved, scriptId: null })).toEqual([])
})
