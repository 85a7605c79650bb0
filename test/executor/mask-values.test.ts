import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { createValueMask } from '../../src/executor/mask-values.ts'
import { maskedLines, maskedResult } from '../../src/executor/masked-result.ts'
import type { SandboxResult } from '../../src/sandbox/sandbox.ts'

const value = 'p@ss word/+"ü"9'

function maskOf(...values: string[]) {
  const mask = createValueMask()
  for (const one of values) mask.add(one)
  return mask
}

describe('a mask', () => {
  test.each<[form: string, text: string]>([
    ['as it is', value],
    ['inside JSON', JSON.stringify(value).slice(1, -1)],
    ['in a URL', encodeURIComponent(value)],
    ['in a form', encodeURIComponent(value).replaceAll('%20', '+')],
    ['as hex', Buffer.from(value).toString('hex')],
    ['as upper-case hex', Buffer.from(value).toString('hex').toUpperCase()],
  ])('hides a value %s', (_, text) => {
    expect(maskOf(value).text(`before ${text} and ${text}.`)).toBe('before *** and ***.')
  })

  test.each(['', 'u', 'us', 'use', 'user:'])(
    'hides a value in the base64 of a text in which %j is before it',
    (before) => {
      for (const encoding of ['base64', 'base64url'] as const) {
        const text = Buffer.from(`${before}${value} after`).toString(encoding)
        const masked = maskOf(value).text(text)
        expect(masked).toContain('***')
        const shown = masked
          .split('***')
          .map((part) => Buffer.from(part, encoding).toString())
          .join('')
        expect(shown).not.toContain(value.slice(2, 8))
      }
    },
  )

  test('hides each long line of a value with several, such as a key', () => {
    const key = '-----BEGIN KEY-----\nMIIBVAIBADANBgkqhkiG\nAAAA\n-----END KEY-----'
    expect(maskOf(key).text('line MIIBVAIBADANBgkqhkiG of it')).toBe('line *** of it')
    expect(maskOf(key).text(`all: ${key}`)).toBe('all: ***')
  })

  test('hides the longest of values that begin alike', () => {
    expect(maskOf('secret', 'secret and more').text('a secret and more, a secret.')).toBe('a ***, a ***.')
    expect(maskOf('secret', 'secret and more').text('a secret and less')).toBe('a *** and less')
  })

  test('hides the beginning of a value where a text was cut', () => {
    expect(maskOf('0123456789').text('text 01234567…')).toBe('text ***…')
    expect(maskOf('0123456789').text('text 0123456')).toBe('text ***')
    expect(maskOf('0123456789').text('text 01234')).toBe('text 01234')
  })

  test('leaves values of fewer than six characters as they are', () => {
    const mask = maskOf('12345', '')
    expect(mask.active).toBe(false)
    expect(mask.text('12345')).toBe('12345')
  })

  test('treats characters of patterns as themselves', () => {
    expect(maskOf('.*+?^$()|[]\\').text('a.*+?^$()|[]\\b ....')).toBe('a***b ....')
  })

  test('does not put meaning into its mark', () => {
    expect(maskOf('$&$&$&$&').text('x $&$&$&$& y')).toBe('x *** y')
  })
})

describe('masked JSON', () => {
  test('is the same JSON but for the values in its texts, names and numbers', () => {
    const given = { [value]: 1, text: `a ${value} b`, list: [value, 123456789, 1, true, null], 'q"': '\\' }
    expect(JSON.parse(maskOf(value, '123456789').json(JSON.stringify(given)))).toEqual({
      '***': 1,
      text: 'a *** b',
      list: ['***', '***', 1, true, null],
      'q"': '\\',
    })
  })

  test('stays JSON whatever is in it, and holds no value any more', () => {
    const secret = fc.string({ minLength: 6, maxLength: 12, unit: 'binary' })
    fc.assert(
      fc.property(fc.jsonValue(), secret, fc.nat(2), (json, hidden, place) => {
        const given = [json, [hidden, { [hidden]: hidden }, `${hidden}${hidden}`][place]]
        const masked = JSON.parse(maskOf(hidden).json(JSON.stringify(given)))
        expect(JSON.stringify(masked[1])).not.toContain(JSON.stringify(hidden).slice(1, -1))
      }),
    )
  })

  test('costs a pass, not more, over a large text', () => {
    const large = JSON.stringify({ text: 'x"\\'.repeat(1_000_000), end: value })
    expect(JSON.parse(maskOf(value).json(large)).end).toBe('***')
    const escapes = JSON.stringify({ text: '\\'.repeat(5_000_000), end: value })
    expect(JSON.parse(maskOf(value).json(escapes)).end).toBe('***')
    const deep = `${'['.repeat(200_000)}"${value.replaceAll('"', '\\"')}"${']'.repeat(200_000)}`
    expect(maskOf(value).json(deep)).toContain('["***"]')
  })
})

describe('what a run writes', () => {
  const result: SandboxResult = {
    status: 'failed',
    output: JSON.stringify([value]),
    error: {
      code: 'script_error',
      type: value,
      message: `no ${value}`,
      stack: `Error: no ${value}\n    at x.js:1:1`,
      sourceLine: `throw ${value}`,
      cause: { code: 'script_error', type: 'Error', message: value, stack: value, retryable: true },
      retryable: true,
    },
    logs: [{ level: 'info', at: 1, message: `is ${value}`, fields: { [value]: [value] } }],
    logsTruncated: false,
    metrics: { startMs: 0, durationMs: 0, cpuMs: 0, peakHeapBytes: 0, hostCalls: 0 },
  }

  test('is masked in output, error, its causes and log', () => {
    const masked = maskedResult(maskOf(value), result)
    expect(JSON.stringify(masked)).not.toContain(JSON.stringify(value).slice(1, -1))
    expect(masked).toMatchObject({
      output: '["***"]',
      error: { message: 'no ***', sourceLine: 'throw ***', cause: { message: '***' } },
      logs: [{ message: 'is ***', fields: { '***': ['***'] } }],
    })
  })

  test('costs a pass over its log, however many values there are and however much they are alike', () => {
    const mask = maskOf(...Array.from({ length: 50 }, (_, n) => `${'a'.repeat(60_000)}${n}`))
    expect(mask.text(`${'b'.repeat(1_000_000)} a`)).toHaveLength(1_000_002)
    expect(mask.text(`x ${'a'.repeat(70_000)} y`)).toMatch(/^x /)
  })

  test('is itself where no secret was read', () => {
    expect(maskedResult(createValueMask(), result)).toBe(result)
    expect(maskedLines(createValueMask(), result.logs)).toEqual(result.logs)
  })
})
