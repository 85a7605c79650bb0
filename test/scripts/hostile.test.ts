import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'

import type { ScriptLanguage } from '../../src/scripts/language.ts'
import { createScriptService } from '../../src/scripts/script-service.ts'

const maxSourceBytes = 2 ** 21
// Some of these break the type stripper of the process that reads them.
const service = createScriptService()
afterAll(() => service.close())

async function check(source: string, language?: ScriptLanguage) {
  return service.check({ name: 'hostile', source, type: 'event', language, config: { maxSourceBytes } })
}

const hostile: [string, string][] = [
  ['a million brackets', '('.repeat(1_000_000)],
  ['arrays in arrays', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ['negations', `export default ${'!'.repeat(100_000)}1`],
  ['sums', `export default 1${'+1'.repeat(100_000)}`],
  ['templates in templates', '`${'.repeat(50_000)],
  ['groups in a regular expression', `export default /${'('.repeat(100_000)}${')'.repeat(100_000)}/`],
  ['conditions', `export default ${'a?b:'.repeat(20_000)}c`],
  ['else after else', `${'if(1)a;else '.repeat(40_000)}b`],
  ['types in types', `let a: ${'A<'.repeat(100_000)}`],
  ['blocks', `${'{'.repeat(5_000)}${'}'.repeat(5_000)}`],
  ['a long line', `${'x'.repeat(500_000)} @`],
  ['a long comment', `/*${' /*'.repeat(200_000)}`],
  ['comments after export', `export ${'/**/'.repeat(100_000)} default 1`],
  ['half characters', '\ud800'.repeat(1_000)],
]

describe('checking a script survives', { timeout: 120_000 }, () => {
  test.each(hostile)('%s', async (_, source) => {
    for (const language of [undefined, 'javascript', 'typescript'] as const) {
      const { findings } = await check(source, language)

      expect(findings.length).toBeGreaterThan(0)
      expect(JSON.stringify(findings).length).toBeLessThan(10_000)
    }
  })

  test('nesting, by that name', async () => {
    for (const language of ['javascript', 'typescript'] as const) {
      expect((await check('['.repeat(50_000), language)).findings).toMatchObject([
        { code: 'too_deeply_nested' },
      ])
    }
  })

  test('a source that breaks the type stripper, for the scripts that come after it', async () => {
    await check('['.repeat(50_000), 'typescript')

    expect((await check('export default (a: number) => a', 'typescript')).state).toBe('accepted')
  })

  test('many more faults than are reported, within the deadline', async () => {
    for (const line of ["import 'a'\n", "import('a')\n", 'import.meta\n', 'arguments;']) {
      const { findings } = await check(
        `${line.repeat(2 ** 20 / line.length)}\nexport default () => 1`,
        'javascript',
      )

      expect(findings).toHaveLength(20)
      expect(findings.at(-1)).toMatchObject(line.endsWith('\n') ? { line: 20 } : { column: 191 })
    }
  })

  test('any text, with findings that PostgreSQL can store', async () => {
    const fragment = fc.constantFrom(
      'export ', 'default ', 'import ', 'from ', '"pgscript"', '{', '}', '(', ')', '=>', '`', '${', '/', '*', ':',
      '<', '!--', '\n', ' ', 'a', 'class ', 'function ', 'async ', 'await ', 'enum ', 'type ', '\u2028', '\\u0024',
      '//#', '=', ';', '1', '"', 'static ', 'arguments', 'as ', '@',
    ) // biome-ignore format: a list of fragments
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fragment, { maxLength: 30 }).map((parts) => parts.join('')),
    )

    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.constantFrom(undefined, 'javascript', 'typescript'),
        async (source, language) => {
          const { state, findings } = await check(source, language)

          expect(state).toBe(findings.some(({ severity }) => severity === 'error') ? 'rejected' : 'accepted')
          for (const { message, sourceLine = '' } of findings) {
            expect(message.isWellFormed() && sourceLine.isWellFormed()).toBe(true)
            expect(message + sourceLine).not.toContain('\u0000')
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
