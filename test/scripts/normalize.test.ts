import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { normalizeSource } from '../../src/scripts/normalize.ts'

describe('normalizeSource', () => {
  test('makes every line end LF and removes the byte-order mark', () => {
    expect(normalizeSource('\ufeffa\r\nb\rc\n\r\n')).toEqual({ text: 'a\nb\nc\n\n', findings: [] })
  })

  test('keeps tabs, and a byte-order mark that is not the first character', () => {
    expect(normalizeSource('\ta\ufeff').text).toBe('\ta\ufeff')
  })

  test.each([
    ['a\nb\u0000c', 'control_character', 'error', 2, 2],
    ['\u001b[31m', 'control_character', 'error', 1, 1],
    ['a\u000b', 'control_character', 'error', 1, 2],
    ['a\u0085', 'control_character', 'error', 1, 2],
    ['"\ud800"', 'unpaired_surrogate', 'error', 1, 2],
    ['"a" // \u202e', 'bidirectional_control', 'warning', 1, 8],
    ['\n\u2066', 'bidirectional_control', 'warning', 2, 1],
  ])('%j is a finding: %s, %s, at %i:%i', (source, code, severity, line, column) => {
    expect(normalizeSource(source).findings).toMatchObject([{ code, severity, line, column }])
  })

  test('does not mistake a pair of surrogates for halves', () => {
    expect(normalizeSource('"😀"').findings).toEqual([])
  })

  test('reports a bounded number of each kind', () => {
    expect(normalizeSource('\u0000'.repeat(100_000)).findings).toHaveLength(20)
  })

  test('leaves what is normal alone, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (source) => {
        const { text } = normalizeSource(source)
        if (!text.startsWith('\ufeff')) expect(normalizeSource(text).text).toBe(text)
        expect(text).not.toContain('\r')
      }),
    )
  })
})
